//! The configuration of an aircraft, as events state it one after another.
//!
//! A configuration is a list of attributes, of which an event states some. What it leaves out goes
//! on as it was; what it states otherwise begins a new version. Another maker, model or serial
//! number is another machine under the same registration, of which nothing earlier holds.

/// How many of the first attributes tell one machine from another: maker, model, serial number.
pub const IDENTITY: usize = 3;

pub type Attribute = Option<String>;

/// The state after an event, from the state before and what the event states.
pub fn follow(known: Vec<Attribute>, stated: Vec<Attribute>) -> Vec<Attribute> {
    let another = known.iter().zip(&stated).take(IDENTITY).any(|(k, s)| contradicts(k, s));
    if another || known.is_empty() {
        return stated;
    }
    let mut known = known.into_iter();
    let mut state: Vec<_> = stated.into_iter().map(|s| s.or(known.next().flatten())).collect();
    state.extend(known);
    state
}

/// A state goes on from the one before if all that was known still holds.
pub fn continues(before: &[Attribute], state: &[Attribute]) -> bool {
    before.len() <= state.len() && before.iter().zip(state).all(|(b, s)| b.is_none() || b == s)
}

fn contradicts(known: &Attribute, stated: &Attribute) -> bool {
    matches!((known, stated), (Some(known), Some(stated)) if known != stated)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Vec<Attribute> {
        text.split(' ').map(|word| (word != "-").then(|| word.to_owned())).collect()
    }

    /// States after each event, and where a new version begins.
    fn versions(events: &[&str]) -> Vec<(bool, String)> {
        let mut state = Vec::new();
        let mut all = Vec::new();
        for event in events {
            let next = follow(state.clone(), of(event));
            let shown: Vec<_> = next.iter().map(|a| a.as_deref().unwrap_or("-")).collect();
            all.push((!continues(&state, &next) || state.is_empty(), shown.join(" ")));
            state = next;
        }
        all
    }

    fn expect(events: &[&str], expected: &[(bool, &str)]) {
        let expected: Vec<_> =
            expected.iter().map(|(new, state)| (*new, (*state).to_owned())).collect();
        assert_eq!(versions(events), expected);
    }

    #[test]
    fn what_is_left_out_goes_on() {
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
    fn what_becomes_known_is_no_change() {
        expect(
            &["Cessna 172 - AIR -", "Cessna 172 1 AIR 4"],
            &[(true, "Cessna 172 - AIR -"), (false, "Cessna 172 1 AIR 4")],
        );
    }

    #[test]
    fn another_value_begins_a_version_and_keeps_the_rest() {
        expect(
            &["Cessna 172 1 AIR 4", "Cessna 172 1 - 2"],
            &[(true, "Cessna 172 1 AIR 4"), (true, "Cessna 172 1 AIR 2")],
        );
    }

    #[test]
    fn another_machine_under_the_registration_takes_nothing_over() {
        expect(
            &["Cessna 172 1 AIR 4", "Piper - - - -"],
            &[(true, "Cessna 172 1 AIR 4"), (true, "Piper - - - -")],
        );
    }
}
