//! What a model tells, as classes in a fixed order.

/// The commonest defining events that a model tells apart; the rest are `other`.
pub const MOST_EVENTS: usize = 20;

/// The class of what is not among the commonest.
pub const OTHER: &str = "other";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// The highest injury: NONE, MINR, SERS, FATL.
    Severity,
    /// Whether anybody died.
    Fatal,
    /// The category of the first finding.
    CauseCategory,
    /// The defining event, in the codes used since 2008.
    CauseEvent,
}

pub const TARGETS: [Target; 4] =
    [Target::Severity, Target::Fatal, Target::CauseCategory, Target::CauseEvent];

impl Target {
    pub fn name(self) -> &'static str {
        match self {
            Target::Severity => "severity",
            Target::Fatal => "fatal",
            Target::CauseCategory => "cause_category",
            Target::CauseEvent => "cause_event",
        }
    }

    pub fn parse(name: &str) -> Option<Target> {
        TARGETS.into_iter().find(|target| target.name() == name)
    }

    /// SQL over `f` (`ntsb.fact_accidents`) and `a` (`ntsb.accident_features`) that gives the class.
    pub fn sql(self) -> &'static str {
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

    /// Features that say, or all but say, what the model is to tell.
    pub fn gives_away(self) -> &'static [&'static str] {
        match self {
            Target::CauseEvent => &["defining_event", "mid_air", "on_ground_collision"],
            _ => &[],
        }
    }

    /// The classes, from the labels of the training part. Of two, the second is the one that is told.
    pub fn classes<'a>(self, labels: impl Iterator<Item = &'a str>) -> Vec<String> {
        let fixed: &[&str] = match self {
            Target::Severity => &["NONE", "MINR", "SERS", "FATL"],
            Target::Fatal => &["NONFATAL", "FATL"],
            _ => return commonest(labels),
        };
        fixed.iter().map(|class| (*class).to_owned()).collect()
    }
}

fn commonest<'a>(labels: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut counts: std::collections::BTreeMap<&str, usize> = Default::default();
    for label in labels {
        *counts.entry(label).or_default() += 1;
    }
    let mut classes: Vec<(&str, usize)> = counts.into_iter().collect();
    classes.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    let more = classes.len() > MOST_EVENTS;
    classes.truncate(MOST_EVENTS);
    let mut classes: Vec<String> = classes.into_iter().map(|(class, _)| class.to_owned()).collect();
    if more {
        classes.push(OTHER.to_owned());
    }
    classes
}

/// The number of a label among the classes; that of `other` where it is none of them.
pub fn class_of(classes: &[String], label: &str) -> Option<usize> {
    let known = |name: &str| classes.iter().position(|class| class == name);
    known(label).or_else(|| known(OTHER))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_goes_by_its_name() {
        for target in TARGETS {
            assert_eq!(Target::parse(target.name()), Some(target));
        }
        assert_eq!(Target::parse("weather"), None);
    }

    #[test]
    fn the_commonest_events_are_classes_and_the_rest_is_other() {
        let labels: Vec<String> = (0..30).flat_map(|n| vec![format!("{n:03}"); 31 - n]).collect();
        let classes = Target::CauseEvent.classes(labels.iter().map(String::as_str));
        assert_eq!(classes.len(), MOST_EVENTS + 1);
        assert_eq!(classes.first().map(String::as_str), Some("000"));
        assert_eq!(class_of(&classes, "019"), Some(19));
        assert_eq!(class_of(&classes, "020"), Some(20), "other");
        let few = Target::CauseCategory.classes(["Aircraft", "Personnel", "Personnel"].into_iter());
        assert_eq!(few, ["Personnel", "Aircraft"]);
        assert_eq!(class_of(&few, "Environment"), None);
    }
}
