//! The facts of one synthetic event, from which its rows are written.

use super::event_time::{EventTime, Slot};
use super::fleet::{self, Model, Usage};
use super::identity::{self, Entry, NEW_SYSTEM_DAY};
use super::people::{self, Person};
use super::place::{Place, Region};
use super::rng::Rng;
use super::rows;
use super::sequence::{self, Scenario};
use super::severity::{self, Circumstances, InjuryCounts, InjuryLevel};
use super::weather::{self, Weather};

/// The date of the file. No row was written later, unless its event was entered later.
pub const RELEASE_DAY: i32 = 20_407; // 2025-11-15

pub struct Facts {
    pub number: u64,
    pub time: EventTime,
    pub place: Place,
    pub entry: Entry,
    pub ev_id: String,
    pub ntsb_no: String,
    /// Whether the event uses the codes since 2008.
    pub is_modern: bool,
    /// The day and the second at which the rows were last changed.
    pub last_change: (i32, u32),
    /// The same as text, which every row has.
    pub last_change_text: String,
    pub user: &'static str,
    /// VMC, IMC or null.
    pub conditions: Option<&'static str>,
    pub weather: Option<Weather>,
    pub highest_injury: InjuryLevel,
    pub is_incident: bool,
    pub ground: InjuryCounts,
    pub aircraft: Vec<Aircraft>,
    /// Whether two aircraft collided in the air.
    pub is_mid_air: bool,
    pub is_complete: bool,
}

pub struct Aircraft {
    pub model: &'static Model,
    pub far_part: &'static str,
    pub purpose: Option<&'static str>,
    pub registration: String,
    pub built: i32,
    pub damage: Option<&'static str>,
    pub crew: Vec<Person>,
    pub cabin: InjuryCounts,
    pub passengers: InjuryCounts,
    pub scenario: &'static Scenario,
    /// Total hours of the airframe.
    pub airframe: Option<i32>,
    pub owner: [&'static str; 2],
}

const USERS: [&str; 8] = ["amsd", "brun", "coln", "diad", "hodm", "kenj", "milb1", "schl"];

#[rustfmt::skip]
const DOMESTIC_PARTS: &[(u32, &str)] = &[
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

/// Quantiles of airframe hours, in sixths.
const AIRFRAME_HOURS: [i32; 7] = [40, 900, 2100, 3400, 5200, 8800, 28_000];

const OWNER_FAMILIES: [&str; 16] = [
    "ALDEN", "BARROW", "CASTLE", "DRAKE", "ELLIS", "FARROW", "GANTRY", "HOLT", "IVES", "KEMP",
    "LARK", "MERCER", "NORRIS", "PELL", "QUILL", "RENNER",
];
const OWNER_FORMS: [&str; 6] =
    ["AVIATION LLC", "FLYING CLUB INC", "JOHN", "MARY", "LEASING CO", "ROBERT"];

impl Facts {
    pub fn draw(number: u64, slot: Slot, rng: &mut Rng) -> Facts {
        let event_time = EventTime::draw(slot.year, rng);
        let place = Place::draw(slot.year, rng);
        let entry = Entry::new(number, event_time.day + rng.next_between(0, 10));
        let conditions = weather::draw_conditions(place.is_domestic(), rng);
        let weather = draw_weather(conditions, &event_time, &place, rng);
        let Involved { highest_injury, aircraft, is_mid_air } =
            draw_aircraft(conditions, &event_time, &place, rng);
        let is_unharmed = |a: &Aircraft| matches!(a.damage, Some("MINR" | "NONE"));
        let is_incident = highest_injury >= InjuryLevel::Minor && aircraft.iter().all(is_unharmed);
        let (last_change, is_complete) = draw_last_change(entry.day, slot.year, rng);
        let class = draw_case_class(highest_injury, is_incident, place.is_domestic(), rng);
        Facts {
            number,
            ev_id: entry.ev_id(),
            ntsb_no: identity::format_ntsb_no(slot, event_time.month, class),
            is_modern: slot.year >= 2008,
            last_change,
            last_change_text: rows::format_timestamp(last_change.0, last_change.1),
            user: rng.pick(&USERS),
            ground: draw_ground_injuries(highest_injury, rng),
            time: event_time,
            place,
            entry,
            conditions,
            weather,
            highest_injury,
            is_incident,
            aircraft,
            is_mid_air,
            is_complete,
        }
    }

    /// Whether the rows were written by the system in use since 2020, which writes times in UTC.
    pub fn is_migrated(&self) -> bool {
        self.last_change.0 >= NEW_SYSTEM_DAY
    }

    /// How many hours `ev_time` is ahead of local time.
    pub fn hours_ahead(&self) -> i32 {
        if self.is_migrated() || !self.place.is_domestic() {
            self.place.hours_behind_utc() - i32::from(self.is_summer_time())
        } else {
            0
        }
    }

    pub fn is_summer_time(&self) -> bool {
        let Region::Domestic(state) = self.place.region else { return false };
        (4..=10).contains(&self.time.month) && !matches!(state.code, "AZ" | "HI" | "PR")
    }

    /// `ev_time` as HHMM.
    pub fn hhmm(&self) -> i32 {
        let minute = (self.time.local_minute + self.hours_ahead() * 60).rem_euclid(1440);
        minute / 60 * 100 + minute % 60
    }

    /// Minutes since midnight, UTC.
    pub fn utc_minute(&self) -> i32 {
        let ahead = self.place.hours_behind_utc() - i32::from(self.is_summer_time());
        (self.time.local_minute + ahead * 60).rem_euclid(1440)
    }

    /// All people aboard and on the ground, by injury.
    pub fn injury_counts(&self) -> InjuryCounts {
        let mut sum = self.ground;
        for aircraft in &self.aircraft {
            for (all, some) in sum.iter_mut().zip(aircraft.aboard()) {
                *all += some;
            }
        }
        sum
    }
}

fn draw_weather(
    conditions: Option<&str>,
    event_time: &EventTime,
    place: &Place,
    rng: &mut Rng,
) -> Option<Weather> {
    let known = if place.is_domestic() { 90 } else { 30 };
    let observed = conditions.is_some() && rng.chance_percent(known);
    observed.then(|| Weather::draw(conditions, event_time.month, place, rng))
}

struct Involved {
    highest_injury: InjuryLevel,
    aircraft: Vec<Aircraft>,
    is_mid_air: bool,
}

/// Draws one aircraft, or two that collided.
fn draw_aircraft(
    weather: Option<&str>,
    event_time: &EventTime,
    place: &Place,
    rng: &mut Rng,
) -> Involved {
    let is_domestic = place.is_domestic();
    let far_part = rng.pick_weighted(if is_domestic { DOMESTIC_PARTS } else { FOREIGN_PARTS });
    let model = draw_model(far_part, event_time.year, rng);
    let (category, state) = (model.category, place.state);
    let circumstances = Circumstances { far_part, is_domestic, weather, category, state };
    let highest_injury = severity::draw_highest(&circumstances, rng);
    let mut aircraft =
        vec![Aircraft::draw(model, far_part, highest_injury, event_time, place, rng)];
    let has_second = rng.next_below(1000) < 17;
    let is_mid_air = has_second && rng.chance_percent(60);
    if has_second {
        aircraft.push(draw_second_aircraft(far_part, highest_injury, event_time, place, rng));
    }
    if is_mid_air {
        aircraft.iter_mut().for_each(|a| a.scenario = sequence::COLLISION);
    }
    Involved { highest_injury, aircraft, is_mid_air }
}

fn draw_model(part: &str, year: i32, rng: &mut Rng) -> &'static Model {
    let usage = match part {
        "121" | "129" => Usage::Airline,
        "NUSC" if rng.chance_percent(75) => Usage::Airline,
        "NUSC" | "135" | "133" | "PUBU" => Usage::Commercial,
        "137" => Usage::Agricultural,
        _ => Usage::Private,
    };
    fleet::draw_model(usage, year, rng)
}

/// Draws the second aircraft of a collision, whose injuries are usually less severe.
fn draw_second_aircraft(
    part: &'static str,
    highest_injury: InjuryLevel,
    event_time: &EventTime,
    place: &Place,
    rng: &mut Rng,
) -> Aircraft {
    let level = if rng.chance_percent(45) { highest_injury } else { InjuryLevel::None };
    let model = draw_model(part, event_time.year, rng);
    Aircraft::draw(model, part, level, event_time, place, rng)
}

/// Draws the two letters of the case number. The first is the class of the investigation.
fn draw_case_class(
    highest_injury: InjuryLevel,
    is_incident: bool,
    is_domestic: bool,
    rng: &mut Rng,
) -> &'static str {
    match (is_domestic, is_incident, highest_injury) {
        (false, ..) => rng.pick_weighted(&[(90, "WA"), (10, "RA")]),
        (_, true, _) => "IA",
        (_, _, InjuryLevel::Fatal) => rng.pick_weighted(&[(85, "FA"), (12, "LA"), (3, "MA")]),
        _ => rng.pick_weighted(&[(64, "LA"), (30, "CA"), (6, "TA")]),
    }
}

/// Draws when the rows were last changed: with the final report, or again later. Returns whether the
/// report is complete too.
fn draw_last_change(entered: i32, year: i32, rng: &mut Rng) -> ((i32, u32), bool) {
    const LATE_CHANGES: i32 = 18_536; // 2020-10-01
    let report =
        entered + rng.draw_from_quantiles(&[20, 90, 150, 210, 280, 360, 450, 560, 720, 1200]);
    let is_changed_again = year >= 2008 && rng.chance_percent(25);
    let day = if is_changed_again {
        report.max(rng.next_between(LATE_CHANGES, RELEASE_DAY))
    } else {
        report
    };
    let is_complete = report < RELEASE_DAY;
    let day = if is_complete { day } else { entered + rng.next_between(1, 30) };
    ((day.min(RELEASE_DAY).max(entered), 28_800 + rng.next_below(36_000)), is_complete)
}

/// Draws injuries on the ground. They are not more severe than the highest injury aboard.
fn draw_ground_injuries(highest_injury: InjuryLevel, rng: &mut Rng) -> InjuryCounts {
    let mut counts = [0; 4];
    if highest_injury != InjuryLevel::None && rng.next_below(1000) < 6 {
        let level = rng.next_between(highest_injury as i32, InjuryLevel::Minor as i32) as usize;
        counts[level] = 1 + rng.next_below(2);
    }
    counts
}

impl Aircraft {
    fn draw(
        model: &'static Model,
        far_part: &'static str,
        level: InjuryLevel,
        event_time: &EventTime,
        place: &Place,
        rng: &mut Rng,
    ) -> Aircraft {
        let purpose = draw_purpose(far_part, rng);
        let roles = people::draw_roles(model, purpose, rng);
        let attendants = if model.usage == Usage::Airline { model.seats / 45 } else { 0 };
        let staff = roles.len() as u32 + attendants;
        let mut people = severity::draw_people(level, staff, model.seats + attendants, rng);
        let mut crew = Vec::with_capacity(roles.len());
        for role in roles {
            let level = severity::draw_person(&mut people, rng);
            crew.push(Person::draw(role, level, far_part, model, rng));
        }
        let mut cabin = [0; 4];
        for _ in 0..attendants {
            cabin[severity::draw_person(&mut people, rng) as usize] += 1;
        }
        add_passenger_row(&mut crew, &people, model, event_time.year, rng);
        Aircraft {
            model,
            far_part,
            purpose,
            registration: draw_registration(place, rng),
            built: model.draw_year_built(event_time.year, rng),
            damage: severity::draw_damage(level, model.usage == Usage::Airline, rng),
            crew,
            cabin,
            passengers: people,
            scenario: sequence::draw_scenario(level == InjuryLevel::Fatal, model, rng),
            airframe: rng.chance_percent(70).then(|| rng.draw_from_quantiles(&AIRFRAME_HOURS)),
            owner: [rng.pick(&OWNER_FAMILIES), rng.pick(&OWNER_FORMS)],
        }
    }

    /// All people aboard, by injury.
    pub fn aboard(&self) -> InjuryCounts {
        let mut sum = self.passengers;
        for (all, some) in sum.iter_mut().zip(self.cabin) {
            *all += some;
        }
        for person in self.crew.iter().filter(|p| p.is_pilot()) {
            sum[person.injury as usize] += 1;
        }
        sum
    }
}

/// Adds a crew row for a passenger, as some rows since 2008 have. The person still counts as a passenger.
fn add_passenger_row(
    crew: &mut Vec<Person>,
    passengers: &InjuryCounts,
    model: &'static Model,
    year: i32,
    rng: &mut Rng,
) {
    if year < 2008 || !model.is_light() || !rng.chance_percent(25) {
        return;
    }
    if let Some(at) = passengers.iter().position(|n| *n > 0) {
        crew.push(Person::draw("PASS", InjuryLevel::ALL[at], "", model, rng));
    }
}

fn draw_purpose(far_part: &str, rng: &mut Rng) -> Option<&'static str> {
    match far_part {
        "091" | "091K" => rng.pick_weighted(PURPOSES),
        "137" => Some("AAPL"),
        "133" => Some("EXLD"),
        "PUBU" => rng.pick_weighted(&[(60, Some("PUBU")), (25, Some("FIRF")), (15, Some("AOBV"))]),
        "NUSN" => rng.chance_percent(60).then_some("PERS"),
        _ => None,
    }
}

fn draw_registration(place: &Place, rng: &mut Rng) -> String {
    use super::rows::push_padded;
    let mut out = String::with_capacity(8);
    match place.region {
        Region::Domestic(_) => {
            out.push('N');
            let letters = rng.next_below(3);
            let max = 10_u32.pow(5 - letters);
            push_padded(&mut out, 1 + rng.next_below(max - 1), 1);
            (0..letters).for_each(|_| out.push(draw_letter(rng)));
        }
        Region::Foreign(country) => {
            out.push_str(country.registration_prefix);
            (0..3).for_each(|_| out.push(draw_letter(rng)));
        }
    }
    out
}

/// I and O are not used, because they look like digits.
fn draw_letter(rng: &mut Rng) -> char {
    char::from(rng.pick(b"ABCDEFGHJKLMNPQRSTUVWXYZ"))
}
