//! The configuration of an aircraft over a sequence of events.
//!
//! A configuration is a list of attributes. An event reports some of them. An attribute that is not
//! reported keeps its value. A different value starts a new version. A different make, model or serial
//! number means another aircraft under the same registration, and no earlier attribute applies to it.

/// How many of the first attributes identify an aircraft: make, model, serial number.
pub const IDENTITY_ATTRIBUTES: usize = 3;

/// The value of an attribute. `None` if it is unknown.
pub type Attribute = Option<String>;

/// The configuration after an event, from the one before and the attributes that the event reports.
pub fn merge_reported(known: Vec<Attribute>, reported: Vec<Attribute>) -> Vec<Attribute> {
    let mut identity = known.iter().zip(&reported).take(IDENTITY_ATTRIBUTES);
    let is_other_aircraft = identity.any(|(k, r)| contradicts(k, r));
    if is_other_aircraft || known.is_empty() {
        return reported;
    }
    let mut known = known.into_iter();
    let mut merged: Vec<_> = reported.into_iter().map(|r| r.or(known.next().flatten())).collect();
    merged.extend(known);
    merged
}

/// Whether a configuration continues the previous version: all known attributes still have their value.
pub fn is_continuation(previous: &[Attribute], current: &[Attribute]) -> bool {
    previous.len() <= current.len()
        && previous.iter().zip(current).all(|(p, c)| p.is_none() || p == c)
}

fn contradicts(known: &Attribute, reported: &Attribute) -> bool {
    matches!((known, reported), (Some(known), Some(reported)) if known != reported)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Vec<Attribute> {
        text.split(' ').map(|word| (word != "-").then(|| word.to_owned())).collect()
    }

    /// The configuration after each event, and whether it starts a new version.
    fn versions(events: &[&str]) -> Vec<(bool, String)> {
        let mut current = Vec::new();
        let mut all = Vec::new();
        for event in events {
            let next = merge_reported(current.clone(), parse(event));
            let shown: Vec<_> = next.iter().map(|a| a.as_deref().unwrap_or("-")).collect();
            let is_new = !is_continuation(&current, &next) || current.is_empty();
            all.push((is_new, shown.join(" ")));
            current = next;
        }
        all
    }

    fn expect(events: &[&str], expected: &[(bool, &str)]) {
        let expected: Vec<_> =
            expected.iter().map(|(is_new, text)| (*is_new, (*text).to_owned())).collect();
        assert_eq!(versions(events), expected);
    }

    #[test]
    fn attributes_that_are_not_reported_keep_their_value() {
        expect(
            &["Cessna 172 1 AIR 4", "Cessna 172 - - -", "- - - - 4"],
            &[
                (true, "Cessna 172 1 AIR 4"),
                (false, "Cessna 172 1 AIR 4"),
                (false, "Cessna 172 1 AIR 4"),
            ],
        );
    }

    #[test]
    fn a_newly_known_attribute_does_not_start_a_version() {
        expect(
            &["Cessna 172 - AIR -", "Cessna 172 1 AIR 4"],
            &[(true, "Cessna 172 - AIR -"), (false, "Cessna 172 1 AIR 4")],
        );
    }

    #[test]
    fn a_different_value_starts_a_version_and_keeps_the_rest() {
        expect(
            &["Cessna 172 1 AIR 4", "Cessna 172 1 - 2"],
            &[(true, "Cessna 172 1 AIR 4"), (true, "Cessna 172 1 AIR 2")],
        );
    }

    #[test]
    fn another_aircraft_under_the_registration_starts_without_attributes() {
        expect(
            &["Cessna 172 1 AIR 4", "Piper - - - -"],
            &[(true, "Cessna 172 1 AIR 4"), (true, "Piper - - - -")],
        );
    }
}
