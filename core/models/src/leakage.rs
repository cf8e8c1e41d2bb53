//! The leakage guard: what tells the outcome of an event never becomes a feature.
//!
//! Three gates. A denied column is refused by its name, and in whatever expression it stands; so is the
//! question whether a column that NTSB fills late is filled. The database is asked which columns the view
//! of features reads. And a feature that all but tells the answer alone is taken for a leak, whatever it
//! is called.

use super::features::{CATALOGUE, Feature, Kind, Stage, find, of_stage};
use super::target::Target;

/// A feature that alone reaches this area under the ROC curve is a leak until shown otherwise.
pub const TOO_GOOD: f64 = 0.95;

/// Fewer rows of a class say too little.
const FEWEST: usize = 30;

/// Columns that tell the outcome, or were written because of it; `*` stands for any end of a name.
#[rustfmt::skip] // one line a reason
pub const DENIED: &[(&str, &str)] = &[
    ("inj_*", "counts the injured"),
    ("ev_highest_injury", "is the outcome"),
    ("ev_type", "an accident is told from an incident by injuries"),
    ("injury_level", "tells the injuries of each person"),
    ("injury", "tells the injuries of each person"),
    ("severity", "is the outcome"),
    ("severity_label", "is the outcome"),
    ("fatalities", "counts the dead"),
    ("serious", "counts the injured"),
    ("minor", "counts the injured"),
    ("uninjured", "counts the uninjured"),
    ("crew_inj_level", "tells the injuries of the crew"),
    ("crew_tox_perf", "toxicology is made of the dead: Y is fatal in 97 of 100"),
    ("seatbelts_used", "is told by survivors"),
    ("shldr_harn_used", "is told by survivors"),
    ("seat_occ_*", "is told by survivors"),
    ("available_restraint", "is told by survivors"),
    ("restraint_used", "is told by survivors"),
    ("child_restraint", "is told by survivors"),
    ("infl_rest_*", "is told by survivors"),
    ("ntsb_no", "its sixth character is the class of the investigation, which follows from the outcome"),
    ("narr_*", "narratives tell the outcome"),
    ("narratives", "narratives tell the outcome"),
    ("probable_cause", "narratives tell the outcome"),
    ("finding*", "findings follow from the investigation"),
    ("first_finding*", "findings follow from the investigation"),
    ("cause_category", "findings follow from the investigation"),
    ("cause_factor", "findings follow from the investigation"),
    ("cm_inpc", "findings follow from the investigation"),
    ("has_findings", "findings follow from the investigation"),
    ("has_probable_cause", "follows from the investigation"),
    ("ntsb_admin", "follows from the investigation"),
    ("rec_stat", "follows from the investigation"),
    ("approval_date", "follows from the investigation"),
    ("report_status", "follows from the investigation"),
    ("is_final", "follows from the investigation"),
    ("ntsb_docket", "follows from the investigation"),
    ("ntsb_notf_*", "grave accidents are notified sooner"),
    ("invest_agy", "follows from the outcome"),
    ("lchg_*", "tells how long was worked at the report"),
    ("metar", "its length follows the depth of the investigation"),
    ("wx_src_iic", "follows from the depth of the investigation"),
    ("bfr_date", "is filled late: whether it is tells the outcome"),
    ("words", "narratives tell the outcome"),
];

/// Columns whose absence tells how far the investigation is.
pub const LATE: &[&str] = &["bfr_date", "ev_state", "far_part"];

#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Leak {
    #[error("{column} is never a feature: it {reason}", reason = with_it(.reason))]
    Denied { column: String, reason: &'static str },
    #[error("whether {0} is filled is never a feature: NTSB fills it late")]
    Absence(String),
    #[error("{name} is known at the scene only, not in a model of {stage}", stage = .stage.name())]
    Stage { name: String, stage: Stage },
    #[error("{name} gives {target} away", target = .target.name())]
    GivesAway { name: String, target: Target },
    #[error("there is no feature {0:?}")]
    NoSuchFeature(String),
    #[error("{name} alone tells {class} with an area under the ROC curve of {auc:.3}: a leak")]
    TooGood { name: String, class: String, auc: f64 },
}

fn with_it(reason: &str) -> String {
    let verbs = ["is ", "tells ", "counts ", "follows "];
    if verbs.iter().any(|verb| reason.starts_with(verb)) {
        reason.to_owned()
    } else {
        format!("is denied, as {reason}")
    }
}

/// Why a column may never be a feature.
pub fn denied(column: &str) -> Option<&'static str> {
    let column = column.to_ascii_lowercase();
    let matches = |pattern: &str| match pattern.strip_suffix('*') {
        Some(start) => column.starts_with(start),
        None => column == pattern,
    };
    DENIED.iter().find(|(pattern, _)| matches(pattern)).map(|(_, reason)| *reason)
}

/// Refuses what names a denied column, or asks whether a late one is filled. For a feature's name as for
/// any expression: what is quoted counts, too, as to_jsonb(e) ->> 'inj_tot_f' tells the same.
pub fn check_expression(expression: &str) -> Result<(), Leak> {
    let lower = expression.to_ascii_lowercase();
    let words = || lower.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    for word in words().filter(|word| !word.is_empty()) {
        if let Some(reason) = denied(word) {
            return Err(Leak::Denied { column: word.to_owned(), reason });
        }
    }
    let asks_absence = words().any(|w| {
        ["null", "isnull", "notnull", "coalesce", "num_nulls", "num_nonnulls", "count"].contains(&w)
    });
    match words().find(|word| LATE.contains(word)) {
        Some(late) if asks_absence => Err(Leak::Absence(late.to_owned())),
        _ => Ok(()),
    }
}

/// The features of a model: those asked for by name, or all of its stage; without those that give the
/// target away.
pub fn feature_set(
    stage: Stage,
    target: Target,
    asked: Option<&[String]>,
) -> Result<Vec<&'static Feature>, Leak> {
    let gives_away = |feature: &&Feature| target.gives_away().contains(&feature.name);
    match asked {
        None => Ok(of_stage(stage).filter(|f| !gives_away(f)).collect()),
        Some(names) => names.iter().map(|name| chosen(stage, target, name)).collect(),
    }
}

fn chosen(stage: Stage, target: Target, name: &str) -> Result<&'static Feature, Leak> {
    check_expression(name)?;
    let feature = find(name).filter(|f| f.kind.is_feature());
    let feature = feature.ok_or_else(|| Leak::NoSuchFeature(name.to_owned()))?;
    if feature.stage > stage {
        return Err(Leak::Stage { name: name.to_owned(), stage });
    }
    if target.gives_away().contains(&name) {
        return Err(Leak::GivesAway { name: name.to_owned(), target });
    }
    Ok(feature)
}

/// The area under the ROC curve of each class that a column reaches alone, in whichever direction.
/// Missing values rank lowest, so that a telling absence shows.
pub fn areas(column: &[f32], labels: &[usize], classes: usize) -> Vec<f64> {
    let mut ranked: Vec<(f32, usize)> = column
        .iter()
        .map(|v| if v.is_nan() { f32::NEG_INFINITY } else { *v })
        .zip(labels.iter().copied())
        .collect();
    ranked.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    let (mut below, mut of_class) = (vec![0.0_f64; classes], vec![0_usize; classes]);
    let mut passed = 0_usize;
    for equals in ranked.chunk_by(|a, b| a.0 == b.0) {
        let mid = passed as f64 + (equals.len() as f64 + 1.0) / 2.0;
        for (_, label) in equals {
            if let (Some(sum), Some(count)) = (below.get_mut(*label), of_class.get_mut(*label)) {
                *sum += mid;
                *count += 1;
            }
        }
        passed += equals.len();
    }
    let area = |(ranks, count): (&f64, &usize)| {
        let (hits, others) = (*count as f64, (passed - count) as f64);
        if *count < FEWEST || passed - count < FEWEST {
            return 0.5;
        }
        let area = (ranks - hits * (hits + 1.0) / 2.0) / (hits * others);
        area.max(1.0 - area)
    };
    below.iter().zip(&of_class).map(area).collect()
}

/// Refuses a column that alone tells a class too well.
pub fn check_column(
    name: &str,
    column: &[f32],
    labels: &[usize],
    classes: &[String],
) -> Result<(), Leak> {
    let found = areas(column, labels, classes.len());
    match found.iter().zip(classes).find(|(auc, _)| **auc >= TOO_GOOD) {
        Some((auc, class)) => {
            Err(Leak::TooGood { name: name.to_owned(), class: class.clone(), auc: *auc })
        }
        None => Ok(()),
    }
}

/// Of the columns that a view reads, those that it may not.
pub fn leaks<'a>(columns: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    columns.filter(|column| denied(column).is_some()).collect()
}

/// The facts that features come from, in the order of the catalogue.
pub fn facts() -> impl Iterator<Item = (usize, &'static Feature)> {
    CATALOGUE.iter().enumerate().filter(|(_, f)| !matches!(f.kind, Kind::Derived(_)))
}

#[cfg(test)]
mod tests;
