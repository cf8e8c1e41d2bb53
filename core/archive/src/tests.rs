use bytes::Bytes;
use proptest::prelude::*;

use super::*;

const TYPES: &[(&str, i32)] = &[
    ("bool", -1),
    ("int2", -1),
    ("int4", -1),
    ("int8", -1),
    ("float4", -1),
    ("float8", -1),
    ("date", -1),
    ("time", -1),
    ("timestamp", 0),
    ("timestamptz", -1),
    ("numeric", (14 << 16 | 2) + 4),
    ("text", -1),
    ("bytea", -1),
    ("geography", -1),
];

fn columns() -> Vec<Column> {
    let column = |(at, (type_name, modifier)): (usize, &(&str, i32))| {
        Column::new(&format!("c{at}"), type_name, *modifier, type_name)
    };
    let code = Column::new("ev_highest_injury", "text", -1, "text");
    TYPES.iter().enumerate().map(column).chain([code]).collect()
}

/// Any valid value of a column.
fn value(column: &Column) -> BoxedStrategy<Option<Vec<u8>>> {
    let any = match (column.value_type, column.width()) {
        (ValueType::Bool, _) => any::<bool>().prop_map(|b| vec![b.into()]).boxed(),
        (ValueType::Text, _) => ".{0,40}".prop_map(String::into_bytes).boxed(),
        (ValueType::Code, _) => "(NONE|FATL|)".prop_map(String::into_bytes).boxed(),
        (ValueType::Date, _) => {
            (-2_451_545..200_000_000_i32).prop_map(|d| d.to_be_bytes().into()).boxed()
        }
        (ValueType::Timestamp | ValueType::TimestampTz, _) => {
            (-(1_i64 << 57)..1 << 57).prop_map(|n| n.to_be_bytes().into()).boxed()
        }
        (ValueType::Decimal(..), _) => (-99_999_999_999_999_i64..99_999_999_999_999)
            .prop_map(|n| n.to_be_bytes().into())
            .boxed(),
        (_, Some(width)) => prop::collection::vec(any::<u8>(), width).boxed(),
        (_, None) => prop::collection::vec(any::<u8>(), 0..40).boxed(),
    };
    prop::option::weighted(0.8, any).boxed()
}

type Row = Vec<Option<Vec<u8>>>;

fn rows() -> impl Strategy<Value = Vec<Row>> {
    let row: Vec<_> = columns().iter().map(value).collect();
    prop::collection::vec(row, 0..60)
}

fn write_file(columns: &[Column], rows: &[Row]) -> (Vec<u8>, FileSummary) {
    let mut writer = ParquetWriter::new(columns, Vec::new()).unwrap();
    for row in rows {
        let row: Vec<Value> = row.iter().map(Option::as_deref).collect();
        writer.write_row(&row).unwrap();
    }
    writer.finish().unwrap()
}

fn encode_copy(rows: &[Row]) -> Vec<u8> {
    let mut out = Vec::new();
    for row in rows {
        out.extend((row.len() as i16).to_be_bytes());
        for value in row {
            out.extend(value.as_ref().map_or(-1, |v| v.len() as i32).to_be_bytes());
            out.extend(value.iter().flatten());
        }
    }
    out
}

fn read_file(columns: &[Column], file: Vec<u8>) -> (Vec<u8>, String) {
    let mut reader = RowReader::open(Bytes::from(file), columns).unwrap();
    let mut out = Vec::new();
    while reader.read_row(&mut out).unwrap() {}
    (out, reader.digest())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn rows_round_trip_without_loss(rows in rows()) {
        let columns = columns();
        let (file, summary) = write_file(&columns, &rows);
        prop_assert_eq!(summary.bytes, file.len() as u64);
        prop_assert_eq!(summary.rows, rows.len() as u64);
        let (read, digest) = read_file(&columns, file);
        prop_assert_eq!(read, encode_copy(&rows));
        prop_assert_eq!(digest, summary.rows_sha256);
    }

    #[test]
    fn a_copy_stream_may_arrive_in_chunks_of_any_size(
        rows in rows(),
        sizes in prop::collection::vec(1_usize..50, 1..20),
    ) {
        let stream = [COPY_HEADER.as_slice(), &encode_copy(&rows), COPY_TRAILER].concat();
        let (mut reader, mut found, mut rest) = (CopyReader::default(), Vec::new(), stream.as_slice());
        for size in sizes.iter().cycle() {
            let (chunk, tail) = rest.split_at((*size).min(rest.len()));
            reader.push(chunk, |row| {
                found.push(row.iter().map(|v| v.map(<[u8]>::to_vec)).collect::<Row>());
                Ok(())
            }).unwrap();
            rest = tail;
            if rest.is_empty() {
                break;
            }
        }
        reader.finish().unwrap();
        prop_assert_eq!(found, rows);
    }

    #[test]
    fn malformed_bytes_do_not_panic(
        bytes in prop::collection::vec(any::<u8>(), 0..200),
        has_header: bool,
    ) {
        let stream =
            if has_header { [COPY_HEADER.as_slice(), &bytes].concat() } else { bytes.clone() };
        let mut writer = ParquetWriter::new(&columns(), Vec::new()).unwrap();
        let mut reader = CopyReader::default();
        let _ = reader.push(&stream, |row| writer.write_row(row));
        let _ = RowReader::open(Bytes::from(bytes), &columns());
    }
}

#[test]
fn the_same_rows_make_the_same_file() {
    let rows = vec![vec![None; columns().len()]; 5000];
    assert_eq!(write_file(&columns(), &rows), write_file(&columns(), &rows));
}

#[test]
fn several_row_groups_round_trip() {
    let columns = [Column::new("n", "int8", -1, "bigint"), Column::new("t", "text", -1, "text")];
    let text = |n: i64| format!("{n} {}", "x".repeat((n % 700) as usize)).into_bytes();
    let row = |n: i64| vec![Some(n.to_be_bytes().to_vec()), Some(text(n))];
    let rows: Vec<Row> = (0..ROW_GROUP_ROWS as i64 + 5000).map(row).collect();
    let (file, summary) = write_file(&columns, &rows);
    let (read, digest) = read_file(&columns, file);
    assert_eq!(read, encode_copy(&rows));
    assert_eq!(digest, summary.rows_sha256);
}

#[test]
fn invalid_values_are_rejected_with_the_column() {
    let columns = [Column::new("ev_date", "date", -1, "date")];
    let error = |bytes: &[u8]| {
        let mut writer = ParquetWriter::new(&columns, Vec::new()).unwrap();
        writer.write_row(&[Some(bytes)]).unwrap_err().to_string()
    };
    assert_eq!(
        error(&i32::MAX.to_be_bytes()),
        "column \"ev_date\" has an infinite date, which Parquet cannot represent"
    );
    assert_eq!(error(b"abc"), "column \"ev_date\" has a value that is not a valid date");
}

#[test]
fn a_file_with_other_columns_is_rejected() {
    let (file, _) = write_file(&columns(), &[]);
    let others = [Column::new("x", "int4", -1, "integer")];
    assert!(matches!(
        RowReader::open(Bytes::from(file), &others),
        Err(ArchiveError::ColumnMismatch { .. })
    ));
}

#[test]
fn geometry_columns_have_geoparquet_metadata() {
    let columns = [Column::new("geog", "geography", -1, "geography(Point,4326)")];
    let point = |x: f64, y: f64| {
        [&[1, 1, 0, 0, 0], x.to_le_bytes().as_slice(), y.to_le_bytes().as_slice()].concat()
    };
    let rows = [vec![Some(point(-105.0, 39.7))], vec![None], vec![Some(point(-80.5, 25.0))]];
    let (file, _) = write_file(&columns, &rows);
    let metadata =
        parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder::try_new(Bytes::from(file))
            .unwrap();
    let pairs = metadata.metadata().file_metadata().key_value_metadata().unwrap().clone();
    let geo = pairs.into_iter().find(|pair| pair.key == "geo").unwrap().value.unwrap();
    let geo: serde_json::Value = serde_json::from_str(&geo).unwrap();
    assert_eq!(geo["version"], "1.1.0");
    assert_eq!(geo["primary_column"], "geog");
    assert_eq!(geo["columns"]["geog"]["encoding"], "WKB");
    assert_eq!(geo["columns"]["geog"]["edges"], "spherical");
    assert_eq!(geo["columns"]["geog"]["geometry_types"], serde_json::json!(["Point"]));
    assert_eq!(geo["columns"]["geog"]["bbox"], serde_json::json!([-105.0, 25.0, -80.5, 39.7]));
}

#[test]
fn a_filter_compiles_to_sql_without_parameters() {
    let columns = vec![
        Column::new("ev_state", "text", -1, "text"),
        Column::new("a$1\"", "int4", -1, "integer"),
        Column::new("ev_year", "int2", -1, "smallint"),
    ];
    let relation = Relation::new("events", columns, vec![]);
    let sql = relation.compile_filter("ev_state = 'A''K\\' AND ev_year > 2000").unwrap();
    assert!(sql.contains("E'A''K\\\\'::pg_catalog.text"), "{sql}");
    assert!(sql.contains("(2000)::pg_catalog.int8"), "{sql}");
    assert!(!sql.contains('$'), "{sql}");
    assert!(relation.compile_filter("ev_year > 2000; DROP TABLE x").is_err());
    assert!(relation.compile_filter("(SELECT 1) = 1").is_err());
}
