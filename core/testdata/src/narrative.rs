//! Narratives, composed of sentences that describe no real event.
//!
//! Three parts with about twenty variants each give thousands of sentences. The lengths follow those of real
//! narratives: half of the texts are shorter than 256 words, a few are very long.

mod phrases;

use super::facts::{Aircraft, Facts};
use super::rng::Rng;
use super::rows::{push_number, push_padded};
use phrases::{ACTIONS, INSPECTIONS, OPENINGS, PLACES, RESULTS, SUBJECTS, TIMES};

/// Quantiles of the text length in percent of the median, in steps of 5 %.
const LENGTH_QUANTILES: [i32; 21] = [
    14, 22, 30, 37, 44, 51, 58, 66, 76, 88, 100, 116, 134, 156, 184, 222, 274, 350, 480, 740, 2400,
];

/// Less than the average of a word and its space, because the opening and the last sentence are added.
const BYTES_PER_WORD: usize = 5;

/// Draws the length of a text in bytes, for a median of `words` words.
pub fn draw_length(words: u32, rng: &mut Rng) -> usize {
    let share = rng.draw_from_quantiles(&LENGTH_QUANTILES).unsigned_abs() as usize;
    words as usize * share / 100 * BYTES_PER_WORD
}

/// Appends the account of the event.
pub fn push_account(
    out: &mut String,
    facts: &Facts,
    aircraft: &Aircraft,
    bytes: usize,
    rng: &mut Rng,
) {
    let start = out.len();
    push_opening(out, facts, aircraft, rng);
    push_sentences(out, start + bytes, rng);
}

fn push_opening(out: &mut String, facts: &Facts, aircraft: &Aircraft, rng: &mut Rng) {
    out.push_str("On ");
    push_day(out, facts);
    out.push_str(", about ");
    push_padded(out, facts.hhmm().unsigned_abs(), 4);
    out.push_str(", a ");
    out.push_str(aircraft.model.make);
    out.push(' ');
    out.push_str(aircraft.model.model);
    out.push_str(", ");
    out.push_str(&aircraft.registration);
    out.push(' ');
    out.push_str(rng.pick(OPENINGS));
    out.push(' ');
    facts.place.town.push_name(out);
    out.push_str(". The flight was operated under part ");
    out.push_str(aircraft.far_part);
    out.push_str(". ");
}

fn push_day(out: &mut String, facts: &Facts) {
    let (year, month, day) = ntsb_schema::calendar::days_to_date(facts.time.day);
    out.push_str(ntsb_schema::calendar::MONTH_NAMES[(month as usize + 11) % 12]);
    out.push(' ');
    push_padded(out, day, 1);
    out.push_str(", ");
    push_number(out, year);
}

/// Appends sentences and some paragraph breaks until the text has the given length.
pub fn push_sentences(out: &mut String, length: usize, rng: &mut Rng) {
    loop {
        match rng.next_below(4) {
            0 => push_parts(out, [rng.pick(INSPECTIONS), rng.pick(RESULTS)]),
            _ => push_parts(out, [rng.pick(SUBJECTS), rng.pick(ACTIONS)]),
        }
        match rng.next_below(3) {
            0 => push_part(out, rng.pick(TIMES)),
            1 => push_part(out, rng.pick(PLACES)),
            _ => {}
        }
        out.push('.');
        if out.len() >= length {
            return;
        }
        out.push(if rng.chance_percent(12) { '\n' } else { ' ' });
    }
}

fn push_parts(out: &mut String, [subject, predicate]: [&str; 2]) {
    out.push_str(subject);
    out.push(' ');
    out.push_str(predicate);
}

fn push_part(out: &mut String, part: &str) {
    out.push(' ');
    out.push_str(part);
}

pub fn push_cause(out: &mut String, aircraft: &Aircraft) {
    out.push_str("The pilot's ");
    out.push_str(aircraft.scenario.cause);
    out.push_str(", which resulted in ");
    out.push_str(aircraft.scenario.outcome);
    out.push('.');
}
