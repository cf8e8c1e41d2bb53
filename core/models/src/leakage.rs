//! The leakage check: a column that reveals the outcome of an event never becomes a feature.
//!
//! It has three parts:
//! 1. A denied column is rejected by name, also inside an expression. So is a test whether a column
//!    that NTSB fills late is filled.
//! 2. The database is asked which columns the feature view reads.
//! 3. A column that alone predicts a class almost perfectly is rejected, whatever its name.

use super::features::{Feature, Stage, find_feature, list_features};
use super::target::Target;

/// A column that alone reaches this area under the ROC curve is treated as leakage.
pub const MAX_SINGLE_COLUMN_AUC: f64 = 0.95;

/// With fewer rows of a class, or of all others, no area is computed.
const MIN_CLASS_ROWS: usize = 30;

/// Columns that reveal the outcome or were written because of it, with the reason. A trailing `*`
/// matches any rest of a name. Each reason completes the sentence "it ...".
#[rustfmt::skip] // one column per line
pub const DENIED_COLUMNS: &[(&str, &str)] = &[
    ("inj_*", "counts the injured"),
    ("ev_highest_injury", "is the outcome"),
    ("ev_type", "depends on the injuries, which separate an accident from an incident"),
    ("injury_level", "is the injury of a person"),
    ("injury", "is the injury of a person"),
    ("severity", "is the outcome"),
    ("severity_label", "is the outcome"),
    ("fatalities", "counts the dead"),
    ("serious", "counts the injured"),
    ("minor", "counts the injured"),
    ("uninjured", "counts the uninjured"),
    ("crew_inj_level", "is the injury of a crew member"),
    ("crew_tox_perf", "is tested mostly after a death: 97% of the events with Y are fatal"),
    ("seatbelts_used", "is reported by survivors"),
    ("shldr_harn_used", "is reported by survivors"),
    ("seat_occ_*", "is reported by survivors"),
    ("available_restraint", "is reported by survivors"),
    ("restraint_used", "is reported by survivors"),
    ("child_restraint", "is reported by survivors"),
    ("infl_rest_*", "is reported by survivors"),
    ("ntsb_no", "contains the class of the investigation (sixth character), which follows from the outcome"),
    ("narr_*", "describes the outcome"),
    ("narratives", "describes the outcome"),
    ("probable_cause", "describes the outcome"),
    ("finding*", "follows from the investigation"),
    ("first_finding*", "follows from the investigation"),
    ("cause_category", "follows from the investigation"),
    ("cause_factor", "follows from the investigation"),
    ("cm_inpc", "follows from the investigation"),
    ("has_findings", "follows from the investigation"),
    ("has_probable_cause", "follows from the investigation"),
    ("ntsb_admin", "follows from the investigation"),
    ("rec_stat", "follows from the investigation"),
    ("approval_date", "follows from the investigation"),
    ("report_status", "follows from the investigation"),
    ("is_final", "follows from the investigation"),
    ("ntsb_docket", "follows from the investigation"),
    ("ntsb_notf_*", "depends on the severity: severe accidents are notified sooner"),
    ("invest_agy", "follows from the outcome"),
    ("lchg_*", "shows how long the report was worked on"),
    ("metar", "shows the depth of the investigation by its length"),
    ("wx_src_iic", "follows from the depth of the investigation"),
    ("bfr_date", "is filled late, so whether it is filled reveals the outcome"),
    ("words", "is derived from a narrative, which describes the outcome"),
];

/// Columns that NTSB fills late, so that their absence shows the state of the investigation.
pub const LATE_COLUMNS: &[&str] = &["bfr_date", "ev_state", "far_part"];

/// Why a column cannot be a feature.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum LeakageError {
    /// The column is in [`DENIED_COLUMNS`].
    #[error("{column} cannot be a feature: it {reason}")]
    Denied {
        /// Name of the column.
        column: String,
        /// Why it is denied.
        reason: &'static str,
    },
    /// The expression tests whether a column of [`LATE_COLUMNS`] is filled.
    #[error("whether {0} is filled cannot be a feature: NTSB fills it late")]
    Absence(String),
    /// The feature becomes known only after the stage of the model.
    #[error("{name} is known only at the scene, so a {stage} model cannot use it", stage = .stage.name())]
    Stage {
        /// Name of the feature.
        name: String,
        /// Stage of the model.
        stage: Stage,
    },
    /// The feature reveals what the model predicts.
    #[error("{name} reveals the target {target}", target = .target.name())]
    RevealsTarget {
        /// Name of the feature.
        name: String,
        /// What the model predicts.
        target: Target,
    },
    /// The catalogue has no feature of that name.
    #[error("unknown feature {0:?}")]
    NoSuchFeature(String),
    /// The column alone predicts a class almost perfectly.
    #[error(
        "{name} alone predicts {class} with an area under the ROC curve of {auc:.3}, which indicates leakage"
    )]
    PredictsAlone {
        /// Name of the column.
        name: String,
        /// The class that it predicts.
        class: String,
        /// Area under the ROC curve, 0.5 to 1.
        auc: f64,
    },
}

/// The reason why a column must not be a feature, or `None` if it may be.
pub fn denial_reason(column: &str) -> Option<&'static str> {
    let column = column.to_ascii_lowercase();
    let matches = |pattern: &str| match pattern.strip_suffix('*') {
        Some(start) => column.starts_with(start),
        None => column == pattern,
    };
    DENIED_COLUMNS.iter().find(|(pattern, _)| matches(pattern)).map(|(_, reason)| *reason)
}

/// Checks a column name or SQL expression. Fails if it names a denied column or tests whether a late
/// column is filled. Quoted text counts too, because `to_jsonb(e) ->> 'inj_tot_f'` reads the column.
pub fn check_expression(expression: &str) -> Result<(), LeakageError> {
    let lower = expression.to_ascii_lowercase();
    let words = || lower.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    for word in words().filter(|word| !word.is_empty()) {
        if let Some(reason) = denial_reason(word) {
            return Err(LeakageError::Denied { column: word.to_owned(), reason });
        }
    }
    let tests_absence = words().any(|w| {
        ["null", "isnull", "notnull", "coalesce", "num_nulls", "num_nonnulls", "count"].contains(&w)
    });
    match words().find(|word| LATE_COLUMNS.contains(word)) {
        Some(late) if tests_absence => Err(LeakageError::Absence(late.to_owned())),
        _ => Ok(()),
    }
}

/// Selects the features of a model: those in `names`, or all of its stage except those that reveal
/// the target.
pub fn select_features(
    stage: Stage,
    target: Target,
    names: Option<&[String]>,
) -> Result<Vec<&'static Feature>, LeakageError> {
    let reveals_target = |feature: &&Feature| target.revealing_features().contains(&feature.name);
    match names {
        None => Ok(list_features(stage).filter(|f| !reveals_target(f)).collect()),
        Some(names) => names.iter().map(|name| select_feature(stage, target, name)).collect(),
    }
}

fn select_feature(
    stage: Stage,
    target: Target,
    name: &str,
) -> Result<&'static Feature, LeakageError> {
    check_expression(name)?;
    let feature = find_feature(name).filter(|f| f.kind.is_feature());
    let feature = feature.ok_or_else(|| LeakageError::NoSuchFeature(name.to_owned()))?;
    if feature.stage > stage {
        return Err(LeakageError::Stage { name: name.to_owned(), stage });
    }
    if target.revealing_features().contains(&name) {
        return Err(LeakageError::RevealsTarget { name: name.to_owned(), target });
    }
    Ok(feature)
}

/// The area under the ROC curve that a column alone reaches for each class, in the better direction.
/// Missing values rank lowest, so that a revealing absence counts too.
pub fn class_aucs(column: &[f32], labels: &[usize], classes: usize) -> Vec<f64> {
    let mut ranked: Vec<(f32, usize)> = column
        .iter()
        .map(|v| if v.is_nan() { f32::NEG_INFINITY } else { *v })
        .zip(labels.iter().copied())
        .collect();
    ranked.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    let (mut rank_sums, mut counts) = (vec![0.0_f64; classes], vec![0_usize; classes]);
    let mut rows = 0_usize;
    for ties in ranked.chunk_by(|a, b| a.0 == b.0) {
        let mean_rank = rows as f64 + (ties.len() as f64 + 1.0) / 2.0;
        for (_, label) in ties {
            if let (Some(sum), Some(count)) = (rank_sums.get_mut(*label), counts.get_mut(*label)) {
                *sum += mean_rank;
                *count += 1;
            }
        }
        rows += ties.len();
    }
    let auc = |(ranks, count): (&f64, &usize)| {
        let (hits, others) = (*count as f64, (rows - count) as f64);
        if *count < MIN_CLASS_ROWS || rows - count < MIN_CLASS_ROWS {
            return 0.5;
        }
        let area = (ranks - hits * (hits + 1.0) / 2.0) / (hits * others);
        area.max(1.0 - area)
    };
    rank_sums.iter().zip(&counts).map(auc).collect()
}

/// Fails if a column alone predicts a class with [`MAX_SINGLE_COLUMN_AUC`] or more.
pub fn check_column(
    name: &str,
    column: &[f32],
    labels: &[usize],
    classes: &[String],
) -> Result<(), LeakageError> {
    let aucs = class_aucs(column, labels, classes.len());
    match aucs.iter().zip(classes).find(|(auc, _)| **auc >= MAX_SINGLE_COLUMN_AUC) {
        Some((auc, class)) => Err(LeakageError::PredictsAlone {
            name: name.to_owned(),
            class: class.clone(),
            auc: *auc,
        }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests;
