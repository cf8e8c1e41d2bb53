//! What is true of one made-up event, before it is written down.

use super::fleet::{self, Model, Use};
use super::identity::{self, Entry, NEW_SYSTEM};
use super::people::{self, Person};
use super::place::{Land, Place};
use super::rng::Dice;
use super::rows;
use super::sequence::{self, Story};
use super::severity::{self, Circumstances, Counts, Level};
use super::weather::{self, Weather};
use super::when::{Slot, When};

/// The day of the file: no row was written later, unless its event was entered later.
pub const RELEASE: i32 = 20_407; // 2025-11-15

pub struct Facts {
    pub number: u64,
    pub when: When,
    pub place: Place,
    pub entry: Entry,
    pub ev_id: String,
    pub ntsb_no: String,
    /// Coded as since 2008.
    pub modern: bool,
    /// The day on which the rows were last changed, and the second of it.
    pub changed: (i32, u32),
    /// The same as text, which every row holds.
    pub changed_text: String,
    pub user: &'static str,
    pub basic: Option<&'static str>,
    pub weather: Option<Weather>,
    pub highest: Level,
    pub incident: bool,
    pub ground: Counts,
    pub aircraft: Vec<Aircraft>,
    /// In the air, where there are two aircraft.
    pub mid_air: bool,
    pub complete: bool,
}

pub struct Aircraft {
    pub model: &'static Model,
    pub far_part: &'static str,
    pub purpose: Option<&'static str>,
    pub registration: String,
    pub built: i32,
    pub damage: Option<&'static str>,
    pub crew: Vec<Person>,
    pub cabin: Counts,
    pub passengers: Counts,
    pub story: &'static Story,
    /// Hours that the airframe has flown.
    pub airframe: Option<i32>,
    pub owner: [&'static str; 2],
}

const USERS: [&str; 8] = ["amsd", "brun", "coln", "diad", "hodm", "kenj", "milb1", "schl"];

#[rustfmt::skip]
const HOME_PARTS: &[(u32, &str)] = &[
    (818, "091"), (46, "137"), (35, "135"), (31, "121"), (11, "129"), (11, "PUBU"), (4, "133"),
    (1, "091K"),
];
const FOREIGN_PARTS: &[(u32, &str)] =
    &[(48, "NUSN"), (30, "NUSC"), (15, "091"), (3, "129"), (2, "121"), (2, "135")];

#[rustfmt::skip]
const PURPOSES: &[(u32, Option<&str>)] = &[
    (755, Some("PERS")), (158, Some("INST")), (28, Some("BUS")), (22, Some("POSI")),
    (10, Some("OWRK")), (8, Some("AOBV")), (7, Some("FLTS")), (4, Some("ASHO")),
    (3, Some("BANT")), (2, Some("FERY")), (3, Some("EXEC")),
];

/// Hours by sixths of the airframes.
const AIRFRAMES: [i32; 7] = [40, 900, 2100, 3400, 5200, 8800, 28_000];

const FAMILIES: [&str; 16] = [
    "ALDEN", "BARROW", "CASTLE", "DRAKE", "ELLIS", "FARROW", "GANTRY", "HOLT", "IVES", "KEMP",
    "LARK", "MERCER", "NORRIS", "PELL", "QUILL", "RENNER",
];
const FORMS: [&str; 6] =
    ["AVIATION LLC", "FLYING CLUB INC", "JOHN", "MARY", "LEASING CO", "ROBERT"];

impl Facts {
    pub fn draw(number: u64, slot: Slot, dice: &mut Dice) -> Facts {
        let when = When::draw(slot.year, dice);
        let place = Place::draw(slot.year, dice);
        let entry = Entry::new(number, when.day + dice.between(0, 10));
        let basic = weather::conditions(place.is_home(), dice);
        let weather = observed(basic, &when, &place, dice);
        let Involved { highest, aircraft, mid_air } = involved(basic, &when, &place, dice);
        let unharmed = |a: &Aircraft| matches!(a.damage, Some("MINR" | "NONE"));
        let incident = highest >= Level::Minor && aircraft.iter().all(unharmed);
        let (changed, complete) = changed(entry.day, slot.year, dice);
        let class = class(highest, incident, place.is_home(), dice);
        Facts {
            number,
            ev_id: entry.ev_id(),
            ntsb_no: identity::ntsb_no(slot, when.month, class),
            modern: slot.year >= 2008,
            changed,
            changed_text: rows::moment(changed.0, changed.1),
            user: dice.pick(&USERS),
            ground: on_ground(highest, dice),
            when,
            place,
            entry,
            basic,
            weather,
            highest,
            incident,
            aircraft,
            mid_air,
            complete,
        }
    }

    /// Written by the system in use since 2020, which gives times in UTC.
    pub fn migrated(&self) -> bool {
        self.changed.0 >= NEW_SYSTEM
    }

    /// Hours that the file's clock is ahead of the local one.
    pub fn ahead(&self) -> i32 {
        if self.migrated() || !self.place.is_home() {
            self.place.hours() - i32::from(self.summer())
        } else {
            0
        }
    }

    pub fn summer(&self) -> bool {
        let Land::Home(state) = self.place.land else { return false };
        (4..=10).contains(&self.when.month) && !matches!(state.code, "AZ" | "HI" | "PR")
    }

    /// HHMM as the file has it.
    pub fn clock(&self) -> i32 {
        let minute = (self.when.local_minute + self.ahead() * 60).rem_euclid(1440);
        minute / 60 * 100 + minute % 60
    }

    /// Minutes of the day in UTC.
    pub fn utc_minute(&self) -> i32 {
        let ahead = self.place.hours() - i32::from(self.summer());
        (self.when.local_minute + ahead * 60).rem_euclid(1440)
    }

    /// Everyone aboard and on the ground, by injury.
    pub fn injured(&self) -> Counts {
        let mut sum = self.ground;
        for aircraft in &self.aircraft {
            for (all, some) in sum.iter_mut().zip(aircraft.aboard()) {
                *all += some;
            }
        }
        sum
    }
}

fn observed(basic: Option<&str>, when: &When, place: &Place, dice: &mut Dice) -> Option<Weather> {
    let known = if place.is_home() { 90 } else { 30 };
    let observed = basic.is_some() && dice.percent(known);
    observed.then(|| Weather::draw(basic, when.month, place, dice))
}

struct Involved {
    highest: Level,
    aircraft: Vec<Aircraft>,
    mid_air: bool,
}

/// One aircraft, or two that collided.
fn involved(weather: Option<&str>, when: &When, place: &Place, dice: &mut Dice) -> Involved {
    let home = place.is_home();
    let far_part = dice.weighted(if home { HOME_PARTS } else { FOREIGN_PARTS });
    let model = model_of(far_part, when.year, dice);
    let (category, state) = (model.category, place.state);
    let of = Circumstances { far_part, home, weather, category, state };
    let highest = severity::highest(&of, dice);
    let mut aircraft = vec![Aircraft::draw(model, far_part, highest, when, place, dice)];
    let two = dice.below(1000) < 17;
    let mid_air = two && dice.percent(60);
    if two {
        aircraft.push(second(far_part, highest, when, place, dice));
    }
    if mid_air {
        aircraft.iter_mut().for_each(|a| a.story = sequence::COLLISION);
    }
    Involved { highest, aircraft, mid_air }
}

fn model_of(part: &str, year: i32, dice: &mut Dice) -> &'static Model {
    let used = match part {
        "121" | "129" => Use::Airline,
        "NUSC" if dice.percent(75) => Use::Airline,
        "NUSC" | "135" | "133" | "PUBU" => Use::Work,
        "137" => Use::Field,
        _ => Use::Private,
    };
    fleet::draw(used, year, dice)
}

/// The other aircraft of a collision: a small one, and seldom hit as badly.
fn second(
    part: &'static str,
    highest: Level,
    when: &When,
    place: &Place,
    dice: &mut Dice,
) -> Aircraft {
    let level = if dice.percent(45) { highest } else { Level::None };
    let model = model_of(part, when.year, dice);
    Aircraft::draw(model, part, level, when, place, dice)
}

/// The letters of the case number, of which the first is the class of the investigation.
fn class(highest: Level, incident: bool, home: bool, dice: &mut Dice) -> &'static str {
    match (home, incident, highest) {
        (false, ..) => dice.weighted(&[(90, "WA"), (10, "RA")]),
        (_, true, _) => "IA",
        (_, _, Level::Fatal) => dice.weighted(&[(85, "FA"), (12, "LA"), (3, "MA")]),
        _ => dice.weighted(&[(64, "LA"), (30, "CA"), (6, "TA")]),
    }
}

/// When the rows were last changed: with the final report, and some later again.
fn changed(entered: i32, year: i32, dice: &mut Dice) -> ((i32, u32), bool) {
    const LATE: i32 = 18_536; // 2020-10-01
    let report = entered + dice.curve(&[20, 90, 150, 210, 280, 360, 450, 560, 720, 1200]);
    let again = year >= 2008 && dice.percent(25);
    let day = if again { report.max(dice.between(LATE, RELEASE)) } else { report };
    let complete = report < RELEASE;
    let day = if complete { day } else { entered + dice.between(1, 30) };
    ((day.min(RELEASE).max(entered), 28_800 + dice.below(36_000)), complete)
}

/// People on the ground who were hurt, no worse than the worst aboard.
fn on_ground(highest: Level, dice: &mut Dice) -> Counts {
    let mut counts = [0; 4];
    if highest != Level::None && dice.below(1000) < 6 {
        let level = dice.between(highest as i32, Level::Minor as i32) as usize;
        counts[level] = 1 + dice.below(2);
    }
    counts
}

impl Aircraft {
    fn draw(
        model: &'static Model,
        far_part: &'static str,
        level: Level,
        when: &When,
        place: &Place,
        dice: &mut Dice,
    ) -> Aircraft {
        let purpose = purpose(far_part, dice);
        let roles = people::roles(model, purpose, dice);
        let attendants = if model.used == Use::Airline { model.seats / 45 } else { 0 };
        let staff = roles.len() as u32 + attendants;
        let mut people = severity::aboard(level, staff, model.seats + attendants, dice);
        let mut crew = Vec::with_capacity(roles.len());
        for role in roles {
            let level = severity::take_one(&mut people, dice);
            crew.push(Person::draw(role, level, far_part, model, dice));
        }
        let mut cabin = [0; 4];
        for _ in 0..attendants {
            cabin[severity::take_one(&mut people, dice) as usize] += 1;
        }
        note_passenger(&mut crew, &people, model, when.year, dice);
        Aircraft {
            model,
            far_part,
            purpose,
            registration: registration(place, dice),
            built: model.year_built(when.year, dice),
            damage: severity::damage(level, model.used == Use::Airline, dice),
            crew,
            cabin,
            passengers: people,
            story: sequence::draw(level == Level::Fatal, model, dice),
            airframe: dice.percent(70).then(|| dice.curve(&AIRFRAMES)),
            owner: [dice.pick(&FAMILIES), dice.pick(&FORMS)],
        }
    }

    /// Everyone aboard, by injury.
    pub fn aboard(&self) -> Counts {
        let mut sum = self.passengers;
        for (all, some) in sum.iter_mut().zip(self.cabin) {
            *all += some;
        }
        for person in self.crew.iter().filter(|p| p.is_pilot()) {
            sum[person.level as usize] += 1;
        }
        sum
    }
}

/// Since 2008 some passengers have a row among the crew. They count as passengers all the same.
fn note_passenger(
    crew: &mut Vec<Person>,
    passengers: &Counts,
    model: &'static Model,
    year: i32,
    dice: &mut Dice,
) {
    if year < 2008 || !model.is_light() || !dice.percent(25) {
        return;
    }
    if let Some(at) = passengers.iter().position(|n| *n > 0) {
        crew.push(Person::draw("PASS", Level::ALL[at], "", model, dice));
    }
}

fn purpose(far_part: &str, dice: &mut Dice) -> Option<&'static str> {
    match far_part {
        "091" | "091K" => dice.weighted(PURPOSES),
        "137" => Some("AAPL"),
        "133" => Some("EXLD"),
        "PUBU" => dice.weighted(&[(60, Some("PUBU")), (25, Some("FIRF")), (15, Some("AOBV"))]),
        "NUSN" => dice.percent(60).then_some("PERS"),
        _ => None,
    }
}

fn registration(place: &Place, dice: &mut Dice) -> String {
    use super::rows::push_padded;
    let mut out = String::with_capacity(8);
    match place.land {
        Land::Home(_) => {
            out.push('N');
            let letters = dice.below(3);
            let most = 10_u32.pow(5 - letters);
            push_padded(&mut out, 1 + dice.below(most - 1), 1);
            (0..letters).for_each(|_| out.push(letter(dice)));
        }
        Land::Abroad(country) => {
            out.push_str(country.mark);
            (0..3).for_each(|_| out.push(letter(dice)));
        }
    }
    out
}

/// I and O are not used, since they look like digits.
fn letter(dice: &mut Dice) -> char {
    char::from(dice.pick(b"ABCDEFGHJKLMNPQRSTUVWXYZ"))
}
