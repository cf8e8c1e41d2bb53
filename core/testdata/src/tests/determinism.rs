use super::*;
use sha2::{Digest, Sha256};

fn digest(plan: &Plan, events: u64) -> String {
    let mut sha = Sha256::new();
    each(plan, events, |_, case| sha.update(format!("{:?}", written(case))));
    sha.finalize().iter().take(8).map(|b| format!("{b:02x}")).collect()
}

/// All cells of a case.
fn written(case: &Case) -> Vec<Vec<Option<&str>>> {
    let all = case.tables.iter();
    all.flat_map(|rows| (0..rows.count()).map(|row| rows.row(row).collect())).collect()
}

/// If this fails, sets made before are no longer what they were: say so in the changelog.
#[test]
fn the_same_seed_gives_the_same_rows_everywhere() {
    assert_eq!(digest(&Plan::new(1), 300), "31975e24932bf80b");
}

#[test]
fn another_seed_gives_other_rows() {
    assert_ne!(digest(&Plan::new(2), 20), digest(&Plan::new(3), 20));
}

#[test]
fn an_event_depends_on_its_number_alone() {
    let plan = Plan::new(5);
    let mut generator = Generator::new(&plan).expect("a plan");
    let (mut one, mut other) = (Case::new(), Case::new());
    each(&plan, 60, |number, case| {
        if number == 57 {
            one = case.clone();
        }
    });
    generator.event(57, &mut other);
    assert_eq!(written(&one), written(&other));
}

/// Dirt is drawn from a stream of its own, so that nothing else moves.
#[test]
fn dirt_changes_only_what_is_planted() {
    let clean = plan(&[]);
    let dirty = Plan { dirt: Shares::usual(), ..clean.clone() };
    let mut generator = Generator::new(&clean).expect("a plan");
    let mut twin = Case::new();
    each(&dirty, 2_000, |number, case| {
        generator.event(number, &mut twin);
        let spared = case.plants.iter().all(|p| !p.whole_case);
        for (table, (rows, clean)) in case.tables.iter().zip(&twin.tables).enumerate() {
            for row in 0..clean.count() {
                let planted = |p: &&defects::Plant| p.table == table && p.row == row;
                let known: Vec<_> =
                    case.plants.iter().filter(planted).flat_map(|p| p.columns).collect();
                for (at, column) in rows.table().columns.iter().enumerate() {
                    let same = rows.cell(row, at) == clean.cell(row, at);
                    assert!(same || !spared || known.contains(&&column.name), "{}", column.name);
                }
            }
        }
    });
}

#[test]
fn years_out_of_range_are_refused() {
    for (from, to) in [(1961, 2000), (2000, 2026), (2010, 2009)] {
        let plan = Plan { from, to, ..Plan::new(1) };
        assert_eq!(Generator::new(&plan).err(), Some(PlanError::Years { from, to }));
    }
}
