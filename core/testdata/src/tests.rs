use super::*;

mod clean;
mod codes;
mod determinism;
mod distributions;
mod gates;
mod injected;

/// A set without dirt, unless some is asked for.
fn plan(dirt: &[(&str, u32)]) -> Plan {
    let mut shares = Shares::none();
    for (kind, share) in dirt {
        assert!(shares.set(kind, *share), "{kind}");
    }
    Plan { dirt: shares, words: 40, ..Plan::new(11) }
}

/// Calls `look` with each of the first events of a set.
fn each(plan: &Plan, events: u64, mut look: impl FnMut(u64, &Case)) {
    let mut generator = Generator::new(plan).expect("a plan");
    let mut case = Case::new();
    for number in 0..events {
        generator.event(number, &mut case);
        look(number, &case);
    }
}

fn rows<'c>(case: &'c Case, table: &str) -> &'c Rows {
    case.tables.iter().find(|rows| rows.table().name == table).expect("a table")
}

fn cell<'c>(rows: &'c Rows, row: usize, column: &str) -> Option<&'c str> {
    rows.cell(row, rows.column(column))
}

/// A cell of the event's first row in a table.
fn first<'c>(case: &'c Case, table: &str, column: &str) -> Option<&'c str> {
    cell(rows(case, table), 0, column)
}

fn number(text: Option<&str>) -> i64 {
    text.map_or(0, |text| text.parse().expect("a number"))
}
