//! Texts of the report, composed of sentences that say nothing about any real event.
//!
//! Three parts of about twenty each make thousands of sentences, and the number of words follows
//! what was counted: half of the texts are shorter than 256 words, a few are very long.

mod phrases;

use super::facts::{Aircraft, Facts};
use super::rng::Dice;
use super::rows::{push_number, push_padded};
use phrases::{ADVICE, FINDINGS, MOVES, OPENINGS, PLACES, SUBJECTS, WHEN};

/// Words of the whole text by twentieths of the events, in hundredths of the median.
const LENGTHS: [i32; 21] = [
    14, 22, 30, 37, 44, 51, 58, 66, 76, 88, 100, 116, 134, 156, 184, 222, 274, 350, 480, 740, 2400,
];

/// Fewer than a word and its blank have, since openings and last sentences come on top.
const BYTES_A_WORD: usize = 5;

/// Bytes of text that an event gets for a median of `words`.
pub fn length(words: u32, dice: &mut Dice) -> usize {
    let share = dice.curve(&LENGTHS).unsigned_abs() as usize;
    words as usize * share / 100 * BYTES_A_WORD
}

/// What happened, in order.
pub fn push_account(
    out: &mut String,
    facts: &Facts,
    aircraft: &Aircraft,
    bytes: usize,
    dice: &mut Dice,
) {
    let start = out.len();
    push_opening(out, facts, aircraft, dice);
    fill(out, start + bytes, dice);
}

fn push_opening(out: &mut String, facts: &Facts, aircraft: &Aircraft, dice: &mut Dice) {
    out.push_str("On ");
    push_day(out, facts);
    out.push_str(", about ");
    push_padded(out, facts.clock().unsigned_abs(), 4);
    out.push_str(", a ");
    out.push_str(aircraft.model.make);
    out.push(' ');
    out.push_str(aircraft.model.model);
    out.push_str(", ");
    out.push_str(&aircraft.registration);
    out.push(' ');
    out.push_str(dice.pick(OPENINGS));
    out.push(' ');
    facts.place.town.push_name(out);
    out.push_str(". The flight was operated under part ");
    out.push_str(aircraft.far_part);
    out.push_str(". ");
}

fn push_day(out: &mut String, facts: &Facts) {
    let (year, month, day) = ntsb_schema::calendar::civil(facts.when.day);
    out.push_str(ntsb_schema::calendar::MONTHS[(month as usize + 11) % 12]);
    out.push(' ');
    push_padded(out, day, 1);
    out.push_str(", ");
    push_number(out, year);
}

/// Sentences until the text has reached a length; a paragraph ends here and there.
pub fn fill(out: &mut String, length: usize, dice: &mut Dice) {
    loop {
        match dice.below(4) {
            0 => push_parts(out, [dice.pick(FINDINGS), dice.pick(ADVICE)]),
            _ => push_parts(out, [dice.pick(SUBJECTS), dice.pick(MOVES)]),
        }
        match dice.below(3) {
            0 => push_more(out, dice.pick(WHEN)),
            1 => push_more(out, dice.pick(PLACES)),
            _ => {}
        }
        out.push('.');
        if out.len() >= length {
            return;
        }
        out.push(if dice.percent(12) { '\n' } else { ' ' });
    }
}

fn push_parts(out: &mut String, [subject, predicate]: [&str; 2]) {
    out.push_str(subject);
    out.push(' ');
    out.push_str(predicate);
}

fn push_more(out: &mut String, part: &str) {
    out.push(' ');
    out.push_str(part);
}

pub fn push_cause(out: &mut String, aircraft: &Aircraft) {
    out.push_str("The pilot's ");
    out.push_str(aircraft.story.fault);
    out.push_str(", which resulted in ");
    out.push_str(aircraft.story.outcome);
    out.push('.');
}
