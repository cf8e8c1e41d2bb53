//! The flight crew: age, certificates, medicals and flight hours.

use super::fleet::{Model, Usage};
use super::rng::Rng;
use super::severity::InjuryLevel;

pub struct Person {
    /// `crew_category`.
    pub role: &'static str,
    pub age: Option<i32>,
    pub sex: Option<&'static str>,
    pub certificate: &'static str,
    pub medical: Option<&'static str>,
    pub validity: Option<&'static str>,
    /// Days from the medical examination to the event.
    pub days_since_medical: Option<i32>,
    pub days_since_review: Option<i32>,
    pub injury: InjuryLevel,
    pub hours: Option<Hours>,
    pub has_instrument_rating: bool,
    pub has_multi_engine_rating: bool,
}

/// Flight hours. Each number is at most the total.
pub struct Hours {
    pub total: i32,
    pub make: i32,
    pub command: i32,
    pub night: i32,
    pub actual: i32,
    pub simulated: i32,
    pub last_90_days: i32,
    pub last_30_days: i32,
    /// In tenths of an hour.
    pub last_day: i32,
}

const AGES: [i32; 21] =
    [17, 24, 30, 34, 37, 40, 43, 45, 47, 49, 51, 54, 56, 58, 60, 63, 66, 69, 73, 79, 88];
const STUDENT_AGES: [i32; 11] = [16, 18, 20, 22, 25, 28, 33, 39, 46, 55, 70];

/// Quantiles of total hours, in steps of 10 %.
const STUDENT_HOURS: [i32; 11] = [8, 14, 20, 26, 33, 42, 52, 64, 80, 105, 260];
const PRIVATE_HOURS: [i32; 11] = [52, 95, 150, 220, 320, 450, 640, 920, 1400, 2300, 6500];
const COMMERCIAL_HOURS: [i32; 11] =
    [240, 480, 850, 1400, 2200, 3300, 4800, 7000, 10_000, 14_500, 26_000];
const AIRLINE_HOURS: [i32; 11] =
    [1550, 2900, 4200, 5800, 7600, 9600, 12_000, 14_500, 17_500, 21_500, 32_000];

/// Draws the roles of the flight crew.
pub fn draw_roles(model: &Model, purpose: Option<&str>, rng: &mut Rng) -> &'static [&'static str] {
    let is_heavy = model.usage == Usage::Airline || !model.is_light();
    match purpose {
        _ if is_heavy && model.gross_weight > 200_000 && model.built.0 < 1980 => {
            &["PLT", "CPLT", "FENG"]
        }
        _ if is_heavy => &["PLT", "CPLT"],
        Some("INST") if model.seats > 1 && rng.chance_percent(55) => &["FLTI", "DSTU"],
        Some("INST") => &["DSTU"],
        Some("FLTS") if model.seats > 1 && rng.chance_percent(15) => &["PLT", "KPLT"],
        _ if model.seats > 1 && rng.chance_percent(3) => &["PLT", "CPLT"],
        _ => &["PLT"],
    }
}

impl Person {
    pub fn draw(
        role: &'static str,
        injury: InjuryLevel,
        far_part: &str,
        model: &Model,
        rng: &mut Rng,
    ) -> Person {
        let is_student = role == "DSTU";
        let ages: &[i32] = if is_student { &STUDENT_AGES } else { &AGES };
        let (certificate, age) =
            draw_certificate(role, far_part, rng.draw_from_quantiles(ages), rng);
        let (medical, validity) = draw_medical(certificate, model, rng);
        let has_exam = medical.is_some_and(|class| class.starts_with("CL"));
        Person {
            role,
            age: (!rng.chance_percent(10)).then_some(age),
            sex: rng.pick_weighted(&[(75, Some("M")), (5, Some("F")), (20, None)]),
            certificate,
            medical,
            validity,
            days_since_medical: has_exam.then(|| rng.next_between(1, 700)),
            days_since_review: (!is_student && rng.chance_percent(70))
                .then(|| rng.next_between(1, 720)),
            injury,
            hours: (role != "PASS" && rng.chance_percent(85))
                .then(|| draw_hours(certificate, age, rng)),
            has_instrument_rating: certificate == "ATP" || (!is_student && rng.chance_percent(55)),
            has_multi_engine_rating: model.engines > 1 || (!is_student && rng.chance_percent(30)),
        }
    }

    pub fn is_pilot(&self) -> bool {
        self.role != "PASS"
    }
}

/// Draws a certificate that fits the role. Returns the age too, raised to the minimum age of the
/// certificate.
fn draw_certificate(role: &str, far_part: &str, age: i32, rng: &mut Rng) -> (&'static str, i32) {
    let certificate = match (role, far_part) {
        ("PASS", _) => "NONE",
        ("DSTU", _) => "STU",
        ("FENG", _) => "FE",
        ("FLTI" | "KPLT", _) => rng.pick_weighted(&[(70, "COMM"), (30, "ATP")]),
        (_, "121" | "129" | "NUSC") => "ATP",
        (_, "135") => rng.pick_weighted(&[(65, "COMM"), (35, "ATP")]),
        (_, "137" | "133") => "COMM",
        _ => rng.pick_weighted(&[(62, "PRI"), (22, "COMM"), (8, "ATP"), (5, "STU"), (3, "SPRT")]),
    };
    let min = match certificate {
        "ATP" => 23,
        "COMM" | "FE" => 19,
        "PRI" | "SPRT" => 17,
        _ => 16,
    };
    (certificate, age.max(min))
}

fn draw_medical(
    certificate: &str,
    model: &Model,
    rng: &mut Rng,
) -> (Option<&'static str>, Option<&'static str>) {
    let needs_none = matches!(model.category, "GLI" | "BALL") || certificate == "NONE";
    let class = match certificate {
        _ if needs_none => rng.pick_weighted(&[(60, Some("NONE")), (40, None)]),
        "ATP" | "FE" => Some("CL1"),
        "COMM" => rng.pick_weighted(&[(70, Some("CL2")), (25, Some("CL1")), (5, None)]),
        "SPRT" => Some("SPRT"),
        _ => {
            rng.pick_weighted(&[(80, Some("CL3")), (8, Some("CL2")), (4, Some("SPRT")), (8, None)])
        }
    };
    let validity = match class {
        Some("NONE") => Some("NONE"),
        Some("SPRT") => Some("WOWL"),
        Some(_) => rng.pick_weighted(&[(55, Some("WWL")), (38, Some("WOWL")), (7, None)]),
        None => None,
    };
    (class, validity)
}

fn draw_hours(certificate: &str, age: i32, rng: &mut Rng) -> Hours {
    let quantiles = match certificate {
        "STU" => &STUDENT_HOURS,
        "COMM" => &COMMERCIAL_HOURS,
        "ATP" | "FE" => &AIRLINE_HOURS,
        _ => &PRIVATE_HOURS,
    };
    // At most 900 hours per year since the age of 15.
    let total = rng.draw_from_quantiles(quantiles).min((age - 15) * 900);
    let part = |of: i32, min: u32, max: u32, rng: &mut Rng| {
        let share = min + rng.next_below(max - min + 1);
        (i64::from(of) * i64::from(share) / 100) as i32
    };
    let make = part(total, 2, 90, rng);
    let command =
        if certificate == "STU" { part(total, 0, 30, rng) } else { part(total, 55, 98, rng) };
    let last_90_days = part(total, 1, 35, rng).min(260).min(total);
    let last_30_days = part(last_90_days, 10, 60, rng).min(100);
    Hours {
        total,
        make,
        command,
        night: part(total, 0, 25, rng),
        actual: part(total, 0, 12, rng),
        simulated: part(total, 0, 8, rng),
        last_90_days,
        last_30_days,
        last_day: (last_30_days * 10).min(rng.next_between(0, 80)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fleet::MODELS;

    #[test]
    fn hours_are_consistent_with_each_other_and_with_age() {
        let mut rng = Rng::new(4);
        for round in 0..20_000 {
            let role = ["PLT", "DSTU", "FLTI", "CPLT"][round % 4];
            let far = ["091", "121", "135", "NUSN"][round / 4 % 4];
            let model = &MODELS[round % MODELS.len()];
            let person = Person::draw(role, InjuryLevel::None, far, model, &mut rng);
            assert!(person.age.is_none_or(|age| (16..=90).contains(&age)));
            let Some(h) = person.hours else { continue };
            for part in [h.make, h.command, h.night, h.actual, h.simulated, h.last_90_days] {
                assert!((0..=h.total).contains(&part), "{part} of {}", h.total);
            }
            assert!(h.last_30_days <= h.last_90_days && h.last_day <= h.last_30_days * 10);
        }
    }
}
