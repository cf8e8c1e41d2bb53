#![allow(clippy::unwrap_used)]

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
    let column = |(at, (kind, modifier)): (usize, &(&str, i32))| {
        Column::of(&format!("c{at}"), kind, *modifier, kind)
    };
    let code = Column::of("ev_highest_injury", "text", -1, "text");
    TYPES.iter().enumerate().map(column).chain([code]).collect()
}

/// Any bytes that a column of a type may hold.
fn value(column: &Column) -> BoxedStrategy<Option<Vec<u8>>> {
    let any = match (column.kind, column.width()) {
        (Kind::Bool, _) => any::<bool>().prop_map(|b| vec![b.into()]).boxed(),
        (Kind::Text, _) => ".{0,40}".prop_map(String::into_bytes).boxed(),
        (Kind::Code, _) => "(NONE|FATL|)".prop_map(String::into_bytes).boxed(),
        (Kind::Date, _) => {
            (-2_451_545..200_000_000_i32).prop_map(|d| d.to_be_bytes().into()).boxed()
        }
        (Kind::Timestamp | Kind::Moment, _) => {
            (-(1_i64 << 57)..1 << 57).prop_map(|n| n.to_be_bytes().into()).boxed()
        }
        (Kind::Decimal(..), _) => (-99_999_999_999_999_i64..99_999_999_999_999)
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

fn written(columns: &[Column], rows: &[Row]) -> (Vec<u8>, Part) {
    let mut writer = Writer::new(columns, Vec::new()).unwrap();
    for row in rows {
        let row: Vec<Value> = row.iter().map(Option::as_deref).collect();
        writer.row(&row).unwrap();
    }
    writer.finish().unwrap()
}

fn copied(rows: &[Row]) -> Vec<u8> {
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

fn read(columns: &[Column], file: Vec<u8>) -> (Vec<u8>, String) {
    let mut rows = Rows::open(Bytes::from(file), columns).unwrap();
    let mut out = Vec::new();
    while rows.next(&mut out).unwrap() {}
    (out, rows.digest())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_written_comes_back_to_the_bit(rows in rows()) {
        let columns = columns();
        let (file, part) = written(&columns, &rows);
        prop_assert_eq!(part.bytes, file.len() as u64);
        prop_assert_eq!(part.rows, rows.len() as u64);
        let (back, digest) = read(&columns, file);
        prop_assert_eq!(back, copied(&rows));
        prop_assert_eq!(digest, part.rows_sha256);
    }

    #[test]
    fn a_copy_may_be_cut_anywhere(rows in rows(), cuts in prop::collection::vec(1_usize..50, 1..20)) {
        let stream = [HEADER.as_slice(), &copied(&rows), TRAILER].concat();
        let (mut reader, mut found, mut rest) = (CopyReader::default(), Vec::new(), stream.as_slice());
        for cut in cuts.iter().cycle() {
            let (piece, tail) = rest.split_at((*cut).min(rest.len()));
            reader.push(piece, |row| {
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
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), headed: bool) {
        let stream = if headed { [HEADER.as_slice(), &bytes].concat() } else { bytes.clone() };
        let mut writer = Writer::new(&columns(), Vec::new()).unwrap();
        let mut reader = CopyReader::default();
        let _ = reader.push(&stream, |row| writer.row(row));
        let _ = Rows::open(Bytes::from(bytes), &columns());
    }
}

#[test]
fn the_same_rows_make_the_same_file() {
    let rows = vec![vec![None; columns().len()]; 5000];
    assert_eq!(written(&columns(), &rows), written(&columns(), &rows));
}

#[test]
fn more_rows_than_a_row_group_holds_come_back() {
    let columns = [Column::of("n", "int8", -1, "bigint"), Column::of("t", "text", -1, "text")];
    let text = |n: i64| format!("{n} {}", "x".repeat((n % 700) as usize)).into_bytes();
    let row = |n: i64| vec![Some(n.to_be_bytes().to_vec()), Some(text(n))];
    let rows: Vec<Row> = (0..ROW_GROUP_ROWS as i64 + 5000).map(row).collect();
    let (file, part) = written(&columns, &rows);
    let (back, digest) = read(&columns, file);
    assert_eq!(back, copied(&rows));
    assert_eq!(digest, part.rows_sha256);
}

#[test]
fn what_parquet_cannot_hold_is_refused_by_name() {
    let columns = [Column::of("ev_date", "date", -1, "date")];
    let refused = |bytes: &[u8]| {
        let mut writer = Writer::new(&columns, Vec::new()).unwrap();
        writer.row(&[Some(bytes)]).unwrap_err().to_string()
    };
    let infinite = refused(&i32::MAX.to_be_bytes());
    assert_eq!(
        infinite,
        "column \"ev_date\" holds an infinite date, which Parquet has no value for"
    );
    assert_eq!(refused(b"abc"), "column \"ev_date\" holds what is no date");
}

#[test]
fn a_file_of_other_columns_is_refused() {
    let (file, _) = written(&columns(), &[]);
    let others = [Column::of("x", "int4", -1, "integer")];
    assert!(matches!(
        Rows::open(Bytes::from(file), &others),
        Err(ArchiveError::OtherColumns { .. })
    ));
}

#[test]
fn places_say_where_they_are() {
    let columns = [Column::of("geog", "geography", -1, "geography(Point,4326)")];
    let point = |x: f64, y: f64| {
        [&[1, 1, 0, 0, 0], x.to_le_bytes().as_slice(), y.to_le_bytes().as_slice()].concat()
    };
    let rows = [vec![Some(point(-105.0, 39.7))], vec![None], vec![Some(point(-80.5, 25.0))]];
    let (file, _) = written(&columns, &rows);
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
fn a_condition_becomes_sql_without_parameters() {
    let columns = vec![
        Column::of("ev_state", "text", -1, "text"),
        Column::of("a$1\"", "int4", -1, "integer"),
        Column::of("ev_year", "int2", -1, "smallint"),
    ];
    let relation = Relation::new("events", columns, vec![]);
    let sql = relation.condition("ev_state = 'A''K\\' AND ev_year > 2000").unwrap();
    assert!(sql.contains("E'A''K\\\\'::pg_catalog.text"), "{sql}");
    assert!(sql.contains("(2000)::pg_catalog.int8"), "{sql}");
    assert!(!sql.contains('$'), "{sql}");
    assert!(relation.condition("ev_year > 2000; DROP TABLE x").is_err());
    assert!(relation.condition("(SELECT 1) = 1").is_err());
}
