//! How badly an event ends, and for whom.

use super::rng::Dice;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    Fatal,
    Serious,
    Minor,
    None,
}

impl Level {
    pub const ALL: [Level; 4] = [Level::Fatal, Level::Serious, Level::Minor, Level::None];

    pub fn code(self) -> &'static str {
        ["FATL", "SERS", "MINR", "NONE"][self as usize]
    }
}

/// People by level of injury.
pub type Counts = [u32; 4];

/// What the outcome depends on.
pub struct Circumstances<'c> {
    pub far_part: &'c str,
    pub home: bool,
    pub weather: Option<&'c str>,
    pub category: &'c str,
    pub state: Option<&'c str>,
}

/// Weights of the four levels where little else is known, of a thousand.
const VISUAL: [u32; 4] = [138, 118, 162, 582];
const INSTRUMENT: [u32; 4] = [590, 110, 80, 220];
const UNKNOWN_WEATHER: [u32; 4] = [250, 120, 140, 490];
const AIRLINE: [u32; 4] = [12, 120, 80, 788];
const FOREIGN_PRIVATE: [u32; 4] = [530, 110, 80, 280];
const FOREIGN_COMMERCIAL: [u32; 4] = [200, 80, 70, 650];
const FOREIGN_OTHER: [u32; 4] = [330, 120, 110, 440];
const FOREIGN_CARRIER: [u32; 4] = [40, 120, 90, 750];

pub fn highest(of: &Circumstances, dice: &mut Dice) -> Level {
    let mut weights = match (of.far_part, of.home, of.weather) {
        ("121", ..) => AIRLINE,
        ("129", ..) => FOREIGN_CARRIER,
        ("NUSN", ..) => FOREIGN_PRIVATE,
        ("NUSC", ..) => FOREIGN_COMMERCIAL,
        (_, false, _) => FOREIGN_OTHER,
        (_, _, Some("IMC")) => INSTRUMENT,
        (_, _, Some(_)) => VISUAL,
        (_, _, None) => UNKNOWN_WEATHER,
    };
    weights[0] = weights[0] * tilt(of) / 100;
    Level::ALL[dice.place(weights.into_iter())]
}

/// How much likelier than elsewhere a fatal end is, in hundredths.
fn tilt(of: &Circumstances) -> u32 {
    let by_state = match of.state {
        Some("AK") => 55,
        Some("CA") => 130,
        _ => 100,
    };
    let by_category = if of.category == "HELI" { 130 } else { 100 };
    by_state * by_category / 100
}

/// Damage to the aircraft: SUBS, DEST, MINR, NONE, not told.
pub fn damage(level: Level, large: bool, dice: &mut Dice) -> Option<&'static str> {
    let weights = match (level, large) {
        (Level::Fatal, _) => [615, 375, 5, 0, 5],
        (_, true) => [420, 10, 230, 310, 30],
        (Level::Serious, _) => [897, 58, 30, 5, 10],
        (Level::Minor, _) => [950, 28, 10, 2, 10],
        (Level::None, _) => [945, 12, 23, 5, 15],
    };
    [Some("SUBS"), Some("DEST"), Some("MINR"), Some("NONE"), None][dice.place(weights.into_iter())]
}

/// People killed in a fatal event of a small aircraft.
#[rustfmt::skip]
const KILLED: &[(u32, u32)] = &[
    (546, 1), (288, 2), (86, 3), (47, 4), (18, 5), (7, 6), (3, 7), (2, 8), (1, 9), (1, 10), (1, 14),
];

/// People aboard when nobody was killed.
const ABOARD: &[(u32, u32)] = &[(55, 1), (30, 2), (8, 3), (5, 4), (1, 5), (1, 6)];

/// Everyone aboard, by injury, so that the worst is `level`. At least `crew` people, at most
/// `seats` unless the crew are more.
pub fn aboard(level: Level, crew: u32, seats: u32, dice: &mut Dice) -> Counts {
    let most = seats.max(crew);
    if most > 19 { many(level, crew, most, dice) } else { few(level, crew, most, dice) }
}

fn few(level: Level, crew: u32, most: u32, dice: &mut Dice) -> Counts {
    let mut counts = [0; 4];
    if level == Level::Fatal {
        counts[0] = (dice.weighted(KILLED)).min(most);
        let survivors = if dice.percent(14) { 1 + dice.below(2) } else { 0 };
        let survivors = survivors.min(most - counts[0]).max(crew.saturating_sub(counts[0]));
        for _ in 0..survivors {
            counts[1 + dice.below(3) as usize] += 1;
        }
        return counts;
    }
    let people = (dice.weighted(ABOARD)).clamp(crew.max(1), most);
    counts[level as usize] = 1;
    for _ in 1..people {
        let same = dice.percent(55);
        let milder = level as u32 + dice.below(4 - level as u32);
        counts[if same { level as usize } else { milder as usize }] += 1;
    }
    counts
}

/// An airliner: most are unhurt, unless it is one of the few disasters.
fn many(level: Level, crew: u32, most: u32, dice: &mut Dice) -> Counts {
    let share = 25 + dice.below(70);
    let people = (most * share / 100).max(crew + 1);
    let disaster = level == Level::Fatal && dice.percent(40);
    let hurt = match level {
        Level::None => 0,
        _ if disaster => people * (10 + dice.below(91)) / 100,
        _ => 1 + dice.below(3),
    };
    let hurt = hurt.clamp(u32::from(level != Level::None), people);
    let mut counts = [0; 4];
    counts[level as usize] = hurt;
    let lighter = dice.below(1 + (people - hurt).min(8));
    if level < Level::Minor {
        counts[Level::Minor as usize] += lighter;
    } else {
        counts[Level::None as usize] += lighter;
    }
    counts[Level::None as usize] += people - hurt - lighter;
    counts
}

/// Takes one person out of the crowd, each with the same chance.
pub fn take_one(counts: &mut Counts, dice: &mut Dice) -> Level {
    if counts.iter().sum::<u32>() == 0 {
        return Level::None;
    }
    let at = dice.place(counts.iter().copied());
    counts[at] -= 1;
    Level::ALL[at]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_injury_is_the_one_asked_for() {
        let mut dice = Dice::new(3);
        for round in 0..20_000 {
            let level = Level::ALL[round % 4];
            let (crew, seats) = [(1, 2), (2, 2), (1, 1), (2, 6), (2, 19), (4, 150)][round / 4 % 6];
            let counts = aboard(level, crew, seats, &mut dice);
            let people: u32 = counts.iter().sum();
            let worst = counts.iter().position(|n| *n > 0);
            assert_eq!(worst, Some(level as usize), "{counts:?}");
            assert!((crew..=seats.max(crew)).contains(&people), "{counts:?} {crew} {seats}");
        }
    }
}
