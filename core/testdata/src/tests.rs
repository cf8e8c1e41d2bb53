use super::*;

mod clean;
mod codes;
mod determinism;
mod distributions;
mod gates;
mod injected;

/// A configuration with only the given defects.
fn config(defects: &[(&str, u32)]) -> GeneratorConfig {
    let mut shares = DefectShares::none();
    for (name, share) in defects {
        assert!(shares.set(name, *share), "{name}");
    }
    GeneratorConfig { defects: shares, narrative_words: 40, ..GeneratorConfig::new(11) }
}

/// Calls `visit` with each of the first events of a set.
fn for_each_event(config: &GeneratorConfig, events: u64, mut visit: impl FnMut(u64, &EventData)) {
    let mut generator = Generator::new(config).expect("a valid configuration");
    let mut data = EventData::new();
    for number in 0..events {
        generator.write_event(number, &mut data);
        visit(number, &data);
    }
}

fn rows<'c>(data: &'c EventData, table: &str) -> &'c Rows {
    data.tables.iter().find(|rows| rows.table().name == table).expect("a table")
}

fn cell<'c>(rows: &'c Rows, row: usize, column: &str) -> Option<&'c str> {
    rows.cell(row, rows.column_index(column))
}

/// A cell of the event's first row in a table.
fn first_cell<'c>(data: &'c EventData, table: &str, column: &str) -> Option<&'c str> {
    cell(rows(data, table), 0, column)
}

fn number(text: Option<&str>) -> i64 {
    text.map_or(0, |text| text.parse().expect("a number"))
}
