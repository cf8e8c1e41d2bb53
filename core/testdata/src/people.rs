//! The flight crew: who they are, what they may do and how much they have flown.

use super::fleet::{Model, Use};
use super::rng::Dice;
use super::severity::Level;

pub struct Person {
    /// As in `crew_category`.
    pub role: &'static str,
    pub age: Option<i32>,
    pub sex: Option<&'static str>,
    pub certificate: &'static str,
    pub medical: Option<&'static str>,
    pub validity: Option<&'static str>,
    /// Days before the event.
    pub examined: Option<i32>,
    pub reviewed: Option<i32>,
    pub level: Level,
    pub hours: Option<Hours>,
    pub instrument: bool,
    pub multi_engine: bool,
}

/// Hours flown, each a part of another.
pub struct Hours {
    pub total: i32,
    pub make: i32,
    pub command: i32,
    pub night: i32,
    pub actual: i32,
    pub simulated: i32,
    pub last_90_days: i32,
    pub last_30_days: i32,
    /// Tenths.
    pub last_day: i32,
}

const AGES: [i32; 21] =
    [17, 24, 30, 34, 37, 40, 43, 45, 47, 49, 51, 54, 56, 58, 60, 63, 66, 69, 73, 79, 88];
const STUDENT_AGES: [i32; 11] = [16, 18, 20, 22, 25, 28, 33, 39, 46, 55, 70];

/// Total hours by tenths of the pilots.
const STUDENT_HOURS: [i32; 11] = [8, 14, 20, 26, 33, 42, 52, 64, 80, 105, 260];
const PRIVATE_HOURS: [i32; 11] = [52, 95, 150, 220, 320, 450, 640, 920, 1400, 2300, 6500];
const COMMERCIAL_HOURS: [i32; 11] =
    [240, 480, 850, 1400, 2200, 3300, 4800, 7000, 10_000, 14_500, 26_000];
const AIRLINE_HOURS: [i32; 11] =
    [1550, 2900, 4200, 5800, 7600, 9600, 12_000, 14_500, 17_500, 21_500, 32_000];

/// The roles of the flight crew of an aircraft.
pub fn roles(model: &Model, purpose: Option<&str>, dice: &mut Dice) -> &'static [&'static str] {
    let heavy = model.used == Use::Airline || !model.is_light();
    match purpose {
        _ if heavy && model.gross > 200_000 && model.built.0 < 1980 => &["PLT", "CPLT", "FENG"],
        _ if heavy => &["PLT", "CPLT"],
        Some("INST") if model.seats > 1 && dice.percent(55) => &["FLTI", "DSTU"],
        Some("INST") => &["DSTU"],
        Some("FLTS") if model.seats > 1 && dice.percent(15) => &["PLT", "KPLT"],
        _ if model.seats > 1 && dice.percent(3) => &["PLT", "CPLT"],
        _ => &["PLT"],
    }
}

impl Person {
    pub fn draw(
        role: &'static str,
        level: Level,
        far_part: &str,
        model: &Model,
        dice: &mut Dice,
    ) -> Person {
        let student = role == "DSTU";
        let ages: &[i32] = if student { &STUDENT_AGES } else { &AGES };
        let (certificate, age) = certified(role, far_part, dice.curve(ages), dice);
        let (medical, validity) = medical(certificate, model, dice);
        let examined = medical.is_some_and(|class| class.starts_with("CL"));
        Person {
            role,
            age: (!dice.percent(10)).then_some(age),
            sex: dice.weighted(&[(75, Some("M")), (5, Some("F")), (20, None)]),
            certificate,
            medical,
            validity,
            examined: examined.then(|| dice.between(1, 700)),
            reviewed: (!student && dice.percent(70)).then(|| dice.between(1, 720)),
            level,
            hours: (role != "PASS" && dice.percent(85)).then(|| hours(certificate, age, dice)),
            instrument: certificate == "ATP" || (!student && dice.percent(55)),
            multi_engine: model.engines > 1 || (!student && dice.percent(30)),
        }
    }

    pub fn is_pilot(&self) -> bool {
        self.role != "PASS"
    }
}

/// A certificate that fits the role, and the age, raised to what the certificate asks for.
fn certified(role: &str, far_part: &str, age: i32, dice: &mut Dice) -> (&'static str, i32) {
    let certificate = match (role, far_part) {
        ("PASS", _) => "NONE",
        ("DSTU", _) => "STU",
        ("FENG", _) => "FE",
        ("FLTI" | "KPLT", _) => dice.weighted(&[(70, "COMM"), (30, "ATP")]),
        (_, "121" | "129" | "NUSC") => "ATP",
        (_, "135") => dice.weighted(&[(65, "COMM"), (35, "ATP")]),
        (_, "137" | "133") => "COMM",
        _ => dice.weighted(&[(62, "PRI"), (22, "COMM"), (8, "ATP"), (5, "STU"), (3, "SPRT")]),
    };
    let least = match certificate {
        "ATP" => 23,
        "COMM" | "FE" => 19,
        "PRI" | "SPRT" => 17,
        _ => 16,
    };
    (certificate, age.max(least))
}

fn medical(
    certificate: &str,
    model: &Model,
    dice: &mut Dice,
) -> (Option<&'static str>, Option<&'static str>) {
    let needs_none = matches!(model.category, "GLI" | "BALL") || certificate == "NONE";
    let class = match certificate {
        _ if needs_none => dice.weighted(&[(60, Some("NONE")), (40, None)]),
        "ATP" | "FE" => Some("CL1"),
        "COMM" => dice.weighted(&[(70, Some("CL2")), (25, Some("CL1")), (5, None)]),
        "SPRT" => Some("SPRT"),
        _ => dice.weighted(&[(80, Some("CL3")), (8, Some("CL2")), (4, Some("SPRT")), (8, None)]),
    };
    let validity = match class {
        Some("NONE") => Some("NONE"),
        Some("SPRT") => Some("WOWL"),
        Some(_) => dice.weighted(&[(55, Some("WWL")), (38, Some("WOWL")), (7, None)]),
        None => None,
    };
    (class, validity)
}

fn hours(certificate: &str, age: i32, dice: &mut Dice) -> Hours {
    let quantiles = match certificate {
        "STU" => &STUDENT_HOURS,
        "COMM" => &COMMERCIAL_HOURS,
        "ATP" | "FE" => &AIRLINE_HOURS,
        _ => &PRIVATE_HOURS,
    };
    // Nobody has flown more than 900 hours a year since the age of 15.
    let total = dice.curve(quantiles).min((age - 15) * 900);
    let part = |of: i32, least: u32, most: u32, dice: &mut Dice| {
        let share = least + dice.below(most - least + 1);
        (i64::from(of) * i64::from(share) / 100) as i32
    };
    let make = part(total, 2, 90, dice);
    let command =
        if certificate == "STU" { part(total, 0, 30, dice) } else { part(total, 55, 98, dice) };
    let last_90_days = part(total, 1, 35, dice).min(260).min(total);
    let last_30_days = part(last_90_days, 10, 60, dice).min(100);
    Hours {
        total,
        make,
        command,
        night: part(total, 0, 25, dice),
        actual: part(total, 0, 12, dice),
        simulated: part(total, 0, 8, dice),
        last_90_days,
        last_30_days,
        last_day: (last_30_days * 10).min(dice.between(0, 80)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fleet::MODELS;

    #[test]
    fn hours_fit_within_each_other_and_into_a_life() {
        let mut dice = Dice::new(4);
        for round in 0..20_000 {
            let role = ["PLT", "DSTU", "FLTI", "CPLT"][round % 4];
            let far = ["091", "121", "135", "NUSN"][round / 4 % 4];
            let model = &MODELS[round % MODELS.len()];
            let person = Person::draw(role, Level::None, far, model, &mut dice);
            assert!(person.age.is_none_or(|age| (16..=90).contains(&age)));
            let Some(h) = person.hours else { continue };
            for part in [h.make, h.command, h.night, h.actual, h.simulated, h.last_90_days] {
                assert!((0..=h.total).contains(&part), "{part} of {}", h.total);
            }
            assert!(h.last_30_days <= h.last_90_days && h.last_day <= h.last_30_days * 10);
        }
    }
}
