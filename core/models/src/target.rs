//! What a model predicts, as classes in a fixed order.

/// The number of most common defining events that are classes of their own. The rest is `other`.
pub const MAX_EVENT_CLASSES: usize = 20;

/// The class of all labels that are not among the most common.
pub const OTHER_CLASS: &str = "other";

/// What a model predicts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// The highest injury: NONE, MINR, SERS, FATL.
    Severity,
    /// Fatal or not.
    Fatal,
    /// The category of the first finding.
    CauseCategory,
    /// The defining event, in the codes used since 2008.
    CauseEvent,
}

/// All targets.
pub const TARGETS: [Target; 4] =
    [Target::Severity, Target::Fatal, Target::CauseCategory, Target::CauseEvent];

impl Target {
    /// The name that users pass.
    pub fn name(self) -> &'static str {
        match self {
            Target::Severity => "severity",
            Target::Fatal => "fatal",
            Target::CauseCategory => "cause_category",
            Target::CauseEvent => "cause_event",
        }
    }

    /// The target with that name.
    pub fn parse(name: &str) -> Option<Target> {
        TARGETS.into_iter().find(|target| target.name() == name)
    }

    /// SQL for the label of an event, over `f` (`ntsb.fact_accidents`) and `a`
    /// (`ntsb.accident_features`).
    pub fn label_sql(self) -> &'static str {
        match self {
            Target::Severity => "f.severity",
            Target::Fatal => {
                "CASE WHEN f.severity = 'FATL' THEN 'FATL'
                      WHEN f.severity IS NOT NULL THEN 'NONFATAL' END"
            }
            Target::CauseCategory => "f.cause_category",
            Target::CauseEvent => "a.defining_event",
        }
    }

    /// Features that reveal this target, so that no model of it may use them.
    pub fn revealing_features(self) -> &'static [&'static str] {
        match self {
            Target::CauseEvent => &["defining_event", "mid_air", "on_ground_collision"],
            _ => &[],
        }
    }

    /// The classes, given the labels of the training part. Of two classes, the second is the positive
    /// one.
    pub fn classes<'a>(self, labels: impl Iterator<Item = &'a str>) -> Vec<String> {
        let fixed: &[&str] = match self {
            Target::Severity => &["NONE", "MINR", "SERS", "FATL"],
            Target::Fatal => &["NONFATAL", "FATL"],
            _ => return most_common_labels(labels),
        };
        fixed.iter().map(|class| (*class).to_owned()).collect()
    }
}

fn most_common_labels<'a>(labels: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut counts: std::collections::BTreeMap<&str, usize> = Default::default();
    for label in labels {
        *counts.entry(label).or_default() += 1;
    }
    let mut classes: Vec<(&str, usize)> = counts.into_iter().collect();
    classes.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    let has_rest = classes.len() > MAX_EVENT_CLASSES;
    classes.truncate(MAX_EVENT_CLASSES);
    let mut classes: Vec<String> = classes.into_iter().map(|(class, _)| class.to_owned()).collect();
    if has_rest {
        classes.push(OTHER_CLASS.to_owned());
    }
    classes
}

/// The index of the class of a label. A label that is not a class belongs to `other`, if there is one.
pub fn class_index(classes: &[String], label: &str) -> Option<usize> {
    let index = |name: &str| classes.iter().position(|class| class == name);
    index(label).or_else(|| index(OTHER_CLASS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_found_by_its_name() {
        for target in TARGETS {
            assert_eq!(Target::parse(target.name()), Some(target));
        }
        assert_eq!(Target::parse("weather"), None);
    }

    #[test]
    fn the_most_common_events_are_classes_and_the_rest_is_other() {
        let labels: Vec<String> = (0..30).flat_map(|n| vec![format!("{n:03}"); 31 - n]).collect();
        let classes = Target::CauseEvent.classes(labels.iter().map(String::as_str));
        assert_eq!(classes.len(), MAX_EVENT_CLASSES + 1);
        assert_eq!(classes.first().map(String::as_str), Some("000"));
        assert_eq!(class_index(&classes, "019"), Some(19));
        assert_eq!(class_index(&classes, "020"), Some(20), "other");
        let few = Target::CauseCategory.classes(["Aircraft", "Personnel", "Personnel"].into_iter());
        assert_eq!(few, ["Personnel", "Aircraft"]);
        assert_eq!(class_index(&few, "Environment"), None);
    }
}
