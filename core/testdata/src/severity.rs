//! The injuries of an event and the damage to its aircraft.

use super::rng::Rng;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum InjuryLevel {
    Fatal,
    Serious,
    Minor,
    None,
}

impl InjuryLevel {
    pub const ALL: [InjuryLevel; 4] =
        [InjuryLevel::Fatal, InjuryLevel::Serious, InjuryLevel::Minor, InjuryLevel::None];

    pub fn code(self) -> &'static str {
        ["FATL", "SERS", "MINR", "NONE"][self as usize]
    }
}

/// Numbers of people by injury level.
pub type InjuryCounts = [u32; 4];

/// What the severity depends on.
pub struct Circumstances<'c> {
    pub far_part: &'c str,
    pub is_domestic: bool,
    pub weather: Option<&'c str>,
    pub category: &'c str,
    pub state: Option<&'c str>,
}

/// Weights of the four levels, per thousand.
const VISUAL: [u32; 4] = [138, 118, 162, 582];
const INSTRUMENT: [u32; 4] = [590, 110, 80, 220];
const UNKNOWN_WEATHER: [u32; 4] = [250, 120, 140, 490];
const AIRLINE: [u32; 4] = [12, 120, 80, 788];
const FOREIGN_PRIVATE: [u32; 4] = [530, 110, 80, 280];
const FOREIGN_COMMERCIAL: [u32; 4] = [200, 80, 70, 650];
const FOREIGN_OTHER: [u32; 4] = [330, 120, 110, 440];
const FOREIGN_CARRIER: [u32; 4] = [40, 120, 90, 750];

pub fn draw_highest(circumstances: &Circumstances, rng: &mut Rng) -> InjuryLevel {
    let mut weights =
        match (circumstances.far_part, circumstances.is_domestic, circumstances.weather) {
            ("121", ..) => AIRLINE,
            ("129", ..) => FOREIGN_CARRIER,
            ("NUSN", ..) => FOREIGN_PRIVATE,
            ("NUSC", ..) => FOREIGN_COMMERCIAL,
            (_, false, _) => FOREIGN_OTHER,
            (_, _, Some("IMC")) => INSTRUMENT,
            (_, _, Some(_)) => VISUAL,
            (_, _, None) => UNKNOWN_WEATHER,
        };
    weights[0] = weights[0] * fatal_percent(circumstances) / 100;
    InjuryLevel::ALL[rng.pick_index(weights.into_iter())]
}

/// The relative risk of a fatal event, in percent.
fn fatal_percent(circumstances: &Circumstances) -> u32 {
    let by_state = match circumstances.state {
        Some("AK") => 55,
        Some("CA") => 130,
        _ => 100,
    };
    let by_category = if circumstances.category == "HELI" { 130 } else { 100 };
    by_state * by_category / 100
}

/// Draws the damage to an aircraft: SUBS, DEST, MINR, NONE or null.
pub fn draw_damage(level: InjuryLevel, is_airliner: bool, rng: &mut Rng) -> Option<&'static str> {
    let weights = match (level, is_airliner) {
        (InjuryLevel::Fatal, _) => [615, 375, 5, 0, 5],
        (_, true) => [420, 10, 230, 310, 30],
        (InjuryLevel::Serious, _) => [897, 58, 30, 5, 10],
        (InjuryLevel::Minor, _) => [950, 28, 10, 2, 10],
        (InjuryLevel::None, _) => [945, 12, 23, 5, 15],
    };
    [Some("SUBS"), Some("DEST"), Some("MINR"), Some("NONE"), None]
        [rng.pick_index(weights.into_iter())]
}

/// Weights of the number of people killed in a fatal event of a small aircraft.
#[rustfmt::skip]
const KILLED_WEIGHTS: &[(u32, u32)] = &[
    (546, 1), (288, 2), (86, 3), (47, 4), (18, 5), (7, 6), (3, 7), (2, 8), (1, 9), (1, 10), (1, 14),
];

/// Weights of the number of people aboard if nobody was killed.
const PEOPLE_WEIGHTS: &[(u32, u32)] = &[(55, 1), (30, 2), (8, 3), (5, 4), (1, 5), (1, 6)];

/// Draws the people aboard by injury. The highest injury is `level`. There are at least `crew` people and at
/// most `seats`, unless the crew is larger.
pub fn draw_people(level: InjuryLevel, crew: u32, seats: u32, rng: &mut Rng) -> InjuryCounts {
    let max_people = seats.max(crew);
    if max_people > 19 {
        draw_airliner(level, crew, max_people, rng)
    } else {
        draw_small_aircraft(level, crew, max_people, rng)
    }
}

fn draw_small_aircraft(
    level: InjuryLevel,
    crew: u32,
    max_people: u32,
    rng: &mut Rng,
) -> InjuryCounts {
    let mut counts = [0; 4];
    if level == InjuryLevel::Fatal {
        counts[0] = (rng.pick_weighted(KILLED_WEIGHTS)).min(max_people);
        let survivors = if rng.chance_percent(14) { 1 + rng.next_below(2) } else { 0 };
        let survivors = survivors.min(max_people - counts[0]).max(crew.saturating_sub(counts[0]));
        for _ in 0..survivors {
            counts[1 + rng.next_below(3) as usize] += 1;
        }
        return counts;
    }
    let people = (rng.pick_weighted(PEOPLE_WEIGHTS)).clamp(crew.max(1), max_people);
    counts[level as usize] = 1;
    for _ in 1..people {
        let is_same = rng.chance_percent(55);
        let milder_level = level as u32 + rng.next_below(4 - level as u32);
        counts[if is_same { level as usize } else { milder_level as usize }] += 1;
    }
    counts
}

/// Draws the people aboard an airliner. Most are uninjured, except in a few disasters.
fn draw_airliner(level: InjuryLevel, crew: u32, max_people: u32, rng: &mut Rng) -> InjuryCounts {
    let load_percent = 25 + rng.next_below(70);
    let people = (max_people * load_percent / 100).max(crew + 1);
    let is_disaster = level == InjuryLevel::Fatal && rng.chance_percent(40);
    let injured = match level {
        InjuryLevel::None => 0,
        _ if is_disaster => people * (10 + rng.next_below(91)) / 100,
        _ => 1 + rng.next_below(3),
    };
    let injured = injured.clamp(u32::from(level != InjuryLevel::None), people);
    let mut counts = [0; 4];
    counts[level as usize] = injured;
    let minor_or_none = rng.next_below(1 + (people - injured).min(8));
    if level < InjuryLevel::Minor {
        counts[InjuryLevel::Minor as usize] += minor_or_none;
    } else {
        counts[InjuryLevel::None as usize] += minor_or_none;
    }
    counts[InjuryLevel::None as usize] += people - injured - minor_or_none;
    counts
}

/// Removes one person, each with the same probability, and returns the injury.
pub fn draw_person(counts: &mut InjuryCounts, rng: &mut Rng) -> InjuryLevel {
    if counts.iter().sum::<u32>() == 0 {
        return InjuryLevel::None;
    }
    let at = rng.pick_index(counts.iter().copied());
    counts[at] -= 1;
    InjuryLevel::ALL[at]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_injury_is_the_requested_level() {
        let mut rng = Rng::new(3);
        for round in 0..20_000 {
            let level = InjuryLevel::ALL[round % 4];
            let (crew, seats) = [(1, 2), (2, 2), (1, 1), (2, 6), (2, 19), (4, 150)][round / 4 % 6];
            let counts = draw_people(level, crew, seats, &mut rng);
            let people: u32 = counts.iter().sum();
            let worst = counts.iter().position(|n| *n > 0);
            assert_eq!(worst, Some(level as usize), "{counts:?}");
            assert!((crew..=seats.max(crew)).contains(&people), "{counts:?} {crew} {seats}");
        }
    }
}
