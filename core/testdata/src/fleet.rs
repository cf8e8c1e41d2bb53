//! The aircraft: makes and models by what they are used for.

use super::rng::Dice;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// Small aeroplanes, helicopters, gliders: everything private and for instruction.
    Private,
    Airline,
    /// Agricultural.
    Field,
    /// Air taxi and other work.
    Work,
}

pub struct Model {
    pub weight: u32,
    pub used: Use,
    pub make: &'static str,
    pub model: &'static str,
    pub category: &'static str,
    /// First and last year of manufacture.
    pub built: (i32, i32),
    pub seats: u32,
    /// Pounds.
    pub gross: i32,
    pub retractable: bool,
    pub homebuilt: bool,
    pub engines: u32,
    pub engine: &'static Engine,
}

pub struct Engine {
    pub kind: &'static str,
    pub maker: &'static str,
    pub model: &'static str,
    pub power: i32,
    pub unit: &'static str,
    pub injected: bool,
}

const fn engine(
    kind: &'static str,
    maker: &'static str,
    model: &'static str,
    power: i32,
    unit: &'static str,
    injected: bool,
) -> Engine {
    Engine { kind, maker, model, power, unit, injected }
}

const O200: Engine = engine("REC", "CONTINENTAL", "O-200", 100, "HP", false);
const O235: Engine = engine("REC", "LYCOMING", "O-235-L2C", 108, "HP", false);
const O320: Engine = engine("REC", "LYCOMING", "O-320-E2D", 150, "HP", false);
const O360: Engine = engine("REC", "LYCOMING", "O-360-A4M", 180, "HP", false);
const IO360: Engine = engine("REC", "LYCOMING", "IO-360-L2A", 180, "HP", true);
const O470: Engine = engine("REC", "CONTINENTAL", "O-470-R", 230, "HP", false);
const IO520: Engine = engine("REC", "CONTINENTAL", "IO-520-BA", 285, "HP", true);
const IO550: Engine = engine("REC", "CONTINENTAL", "IO-550-N", 310, "HP", true);
const IO540: Engine = engine("REC", "LYCOMING", "IO-540-AE1A5", 260, "HP", true);
const A65: Engine = engine("REC", "CONTINENTAL", "A-65-8", 65, "HP", false);
const R912: Engine = engine("REC", "ROTAX", "912ULS", 100, "HP", false);
const R582: Engine = engine("REC", "ROTAX", "582", 65, "HP", false);
const R985: Engine = engine("REC", "PRATT & WHITNEY", "R-985-AN-14B", 450, "HP", false);
const PT6: Engine = engine("TP", "PRATT & WHITNEY CANADA", "PT6A-34", 750, "HP", false);
const TPE331: Engine = engine("TP", "HONEYWELL", "TPE331-10", 900, "HP", false);
const A250: Engine = engine("TS", "ROLLS-ROYCE", "250-C20J", 420, "HP", false);
const ARRIEL: Engine = engine("TS", "TURBOMECA", "ARRIEL 1D1", 732, "HP", false);
const CFM56: Engine = engine("TF", "CFM INTERNATIONAL", "CFM56-7B", 26_300, "LBS", false);
const CF6: Engine = engine("TF", "GENERAL ELECTRIC", "CF6-80C2", 60_000, "LBS", false);
const CF34: Engine = engine("TF", "GENERAL ELECTRIC", "CF34-3B1", 8_700, "LBS", false);
const JT8D: Engine = engine("TF", "PRATT & WHITNEY", "JT8D-217", 20_850, "LBS", false);
const PW127: Engine = engine("TP", "PRATT & WHITNEY CANADA", "PW127F", 2_750, "HP", false);

const AIR: Model = Model {
    weight: 0,
    used: Use::Private,
    make: "CESSNA",
    model: "172",
    category: "AIR",
    built: (1956, 1986),
    seats: 4,
    gross: 2300,
    retractable: false,
    homebuilt: false,
    engines: 1,
    engine: &O320,
};

/// Stands in where no model that was drawn existed yet.
pub const COMMON: &Model = &MODELS[0];

#[rustfmt::skip] // one line a model
pub const MODELS: &[Model] = &[
    Model { weight: 43, ..AIR },
    Model { weight: 21, model: "172N", built: (1977, 1980), ..AIR },
    Model { weight: 14, model: "172S", built: (1998, 2022), gross: 2550, engine: &IO360, ..AIR },
    Model { weight: 21, model: "152", built: (1977, 1985), seats: 2, gross: 1670, engine: &O235, ..AIR },
    Model { weight: 25, model: "150", built: (1959, 1977), seats: 2, gross: 1600, engine: &O200, ..AIR },
    Model { weight: 21, model: "182", built: (1956, 1986), gross: 2950, engine: &O470, ..AIR },
    Model { weight: 9, model: "180", built: (1953, 1981), gross: 2800, engine: &O470, ..AIR },
    Model { weight: 10, model: "210", built: (1960, 1986), seats: 6, gross: 3800, retractable: true, engine: &IO520, ..AIR },
    Model { weight: 7, model: "A185F", built: (1973, 1985), seats: 6, gross: 3350, engine: &IO520, ..AIR },
    Model { weight: 6, model: "140", built: (1946, 1951), seats: 2, gross: 1450, engine: &O200, ..AIR },
    Model { weight: 7, model: "310R", built: (1975, 1981), seats: 6, gross: 5500, retractable: true, engines: 2, engine: &IO520, ..AIR },
    Model { weight: 29, make: "PIPER", model: "PA-28-140", built: (1964, 1977), gross: 2150, ..AIR },
    Model { weight: 18, make: "PIPER", model: "PA-28-161", built: (1977, 2020), gross: 2440, ..AIR },
    Model { weight: 17, make: "PIPER", model: "PA-28-181", built: (1976, 2021), gross: 2550, engine: &O360, ..AIR },
    Model { weight: 17, make: "PIPER", model: "PA-18-150", built: (1950, 1994), seats: 2, gross: 1750, ..AIR },
    Model { weight: 8, make: "PIPER", model: "PA-32R-300", built: (1976, 1978), seats: 6, gross: 3600, retractable: true, engine: &IO540, ..AIR },
    Model { weight: 8, make: "PIPER", model: "PA-34-200T", built: (1975, 1981), seats: 6, gross: 4570, retractable: true, engines: 2, engine: &IO360, ..AIR },
    Model { weight: 6, make: "PIPER", model: "PA-31-350", built: (1973, 1984), seats: 8, gross: 7000, retractable: true, engines: 2, engine: &IO540, ..AIR },
    Model { weight: 7, make: "PIPER", model: "J3C-65", built: (1938, 1947), seats: 2, gross: 1220, engine: &A65, ..AIR },
    Model { weight: 20, make: "BEECH", model: "A36", built: (1968, 2021), seats: 6, gross: 3650, retractable: true, engine: &IO550, ..AIR },
    Model { weight: 12, make: "BEECH", model: "35", built: (1947, 1982), seats: 5, gross: 3400, retractable: true, engine: &IO520, ..AIR },
    Model { weight: 12, make: "BEECH", model: "58", built: (1970, 2020), seats: 6, gross: 5500, retractable: true, engines: 2, engine: &IO550, ..AIR },
    Model { weight: 7, make: "BEECH", model: "200", built: (1974, 2015), seats: 10, gross: 12_500, retractable: true, engines: 2, engine: &PT6, ..AIR },
    Model { weight: 18, make: "MOONEY", model: "M20J", built: (1977, 1998), gross: 2740, retractable: true, engine: &IO360, ..AIR },
    Model { weight: 16, make: "CIRRUS DESIGN CORP", model: "SR22", built: (2001, 2024), gross: 3400, engine: &IO550, ..AIR },
    Model { weight: 12, make: "BELLANCA", model: "7GCBC", built: (1970, 1980), seats: 2, gross: 1650, ..AIR },
    Model { weight: 12, make: "AERONCA", model: "7AC", built: (1945, 1948), seats: 2, gross: 1220, engine: &A65, ..AIR },
    Model { weight: 12, make: "MAULE", model: "M-5-235C", built: (1976, 1988), gross: 2300, engine: &O360, ..AIR },
    Model { weight: 8, make: "GRUMMAN AMERICAN", model: "AA-5B", built: (1974, 1979), gross: 2400, engine: &O360, ..AIR },
    Model { weight: 8, make: "LUSCOMBE", model: "8A", built: (1938, 1950), seats: 2, gross: 1260, engine: &A65, ..AIR },
    Model { weight: 8, make: "DIAMOND AIRCRAFT IND INC", model: "DA 40", built: (2000, 2023), gross: 2535, engine: &IO360, ..AIR },
    Model { weight: 26, make: "VANS", model: "RV-6", built: (1989, 2018), seats: 2, gross: 1650, homebuilt: true, engine: &O360, ..AIR },
    Model { weight: 12, make: "RANS", model: "S-6", built: (1991, 2019), seats: 2, gross: 1100, homebuilt: true, engine: &R912, ..AIR },
    Model { weight: 6, make: "CESSNA", model: "T303", built: (1982, 1986), seats: 6, gross: 5150, retractable: true, engines: 2, engine: &IO520, ..AIR },
    Model { weight: 14, make: "VANS", model: "RV-7", built: (2001, 2023), seats: 2, gross: 1800, homebuilt: true, engine: &O360, ..AIR },
    Model { weight: 12, make: "STINSON", model: "108", built: (1946, 1950), gross: 2400, ..AIR },
    Model { weight: 12, make: "TAYLORCRAFT", model: "BC12-D", built: (1945, 1950), seats: 2, gross: 1200, engine: &A65, ..AIR },
    Model { weight: 12, make: "AMERICAN CHAMPION", model: "8KCAB", built: (1990, 2023), seats: 2, gross: 1800, engine: &O360, ..AIR },
    Model { weight: 12, make: "NORTH AMERICAN", model: "NAVION", built: (1946, 1951), gross: 2750, retractable: true, engine: &O470, ..AIR },
    Model { weight: 12, make: "AVIAT", model: "A-1", built: (1987, 2022), seats: 2, gross: 1800, engine: &O360, ..AIR },
    Model { weight: 12, make: "ZENITH", model: "CH 701", built: (1994, 2020), seats: 2, gross: 1100, homebuilt: true, engine: &R912, ..AIR },
    Model { weight: 10, make: "KITFOX", model: "MODEL 5", built: (1994, 2015), seats: 2, gross: 1550, homebuilt: true, engine: &R912, ..AIR },
    Model { weight: 10, make: "SOCATA", model: "TB 20", built: (1984, 2005), gross: 3086, retractable: true, engine: &IO540, ..AIR },
    Model { weight: 8, make: "GLASTAR", model: "GS-1", built: (1996, 2012), seats: 2, gross: 1960, homebuilt: true, engine: &O320, ..AIR },
    Model { weight: 13, make: "ROBINSON", model: "R22 BETA", category: "HELI", built: (1985, 2020), seats: 2, gross: 1370, ..AIR },
    Model { weight: 12, make: "ROBINSON", model: "R44 II", category: "HELI", built: (2002, 2024), gross: 2500, engine: &IO540, ..AIR },
    Model { weight: 11, make: "BELL", model: "206B", category: "HELI", built: (1967, 2010), seats: 5, gross: 3200, engine: &A250, ..AIR },
    Model { weight: 6, make: "BELL", model: "47G", category: "HELI", built: (1953, 1974), seats: 3, gross: 2950, engine: &O470, ..AIR },
    Model { weight: 14, make: "HUGHES", model: "369D", category: "HELI", built: (1976, 1992), seats: 5, gross: 3000, engine: &A250, ..AIR },
    Model { weight: 12, make: "SCHWEIZER", model: "269C", category: "HELI", built: (1983, 2012), seats: 3, gross: 2050, engine: &IO360, ..AIR },
    Model { weight: 10, make: "ENSTROM", model: "F-28", category: "HELI", built: (1968, 2012), seats: 3, gross: 2350, engine: &IO360, ..AIR },
    Model { weight: 13, make: "SCHWEIZER", model: "SGS 2-33A", category: "GLI", built: (1967, 1981), seats: 2, gross: 1040, engines: 0, ..AIR },
    Model { weight: 6, make: "CAMERON", model: "N-90", category: "BALL", built: (1980, 2015), seats: 4, gross: 1600, engines: 0, ..AIR },
    Model { weight: 6, make: "AIR CREATION", model: "TANARG", category: "WSFT", built: (2003, 2020), seats: 2, gross: 992, engine: &R582, ..AIR },
    Model { weight: 5, make: "BENSEN", model: "B-8M", category: "GYRO", built: (1958, 1995), seats: 1, gross: 600, homebuilt: true, engine: &R582, ..AIR },
    Model { used: Use::Airline, weight: 300, make: "BOEING", model: "737-800", built: (1997, 2020), seats: 189, gross: 174_200, retractable: true, engines: 2, engine: &CFM56, ..AIR },
    Model { used: Use::Airline, weight: 130, make: "BOEING", model: "727-200", built: (1967, 1984), seats: 155, gross: 190_500, retractable: true, engines: 3, engine: &JT8D, ..AIR },
    Model { used: Use::Airline, weight: 100, make: "BOEING", model: "747-400", built: (1988, 2009), seats: 416, gross: 875_000, retractable: true, engines: 4, engine: &CF6, ..AIR },
    Model { used: Use::Airline, weight: 90, make: "BOEING", model: "767-300", built: (1986, 2014), seats: 218, gross: 350_000, retractable: true, engines: 2, engine: &CF6, ..AIR },
    Model { used: Use::Airline, weight: 130, make: "AIRBUS", model: "A320", built: (1988, 2022), seats: 150, gross: 169_700, retractable: true, engines: 2, engine: &CFM56, ..AIR },
    Model { used: Use::Airline, weight: 70, make: "EMBRAER", model: "EMB-145LR", built: (1998, 2010), seats: 50, gross: 48_500, retractable: true, engines: 2, engine: &CF34, ..AIR },
    Model { used: Use::Airline, weight: 80, make: "MCDONNELL DOUGLAS", model: "DC-9-82", built: (1980, 1999), seats: 150, gross: 149_500, retractable: true, engines: 2, engine: &JT8D, ..AIR },
    Model { used: Use::Airline, weight: 60, make: "BOMBARDIER INC", model: "CL-600-2B19", built: (1992, 2006), seats: 50, gross: 53_000, retractable: true, engines: 2, engine: &CF34, ..AIR },
    Model { used: Use::Airline, weight: 40, make: "DOUGLAS", model: "DC-3C", built: (1938, 1946), seats: 28, gross: 25_200, retractable: true, engines: 2, engine: &R985, ..AIR },
    Model { used: Use::Airline, weight: 40, make: "ATR", model: "ATR 72-212", built: (1992, 2018), seats: 66, gross: 48_500, retractable: true, engines: 2, engine: &PW127, ..AIR },
    Model { used: Use::Field, weight: 40, make: "AIR TRACTOR INC", model: "AT-502", built: (1987, 2022), seats: 1, gross: 8000, engine: &PT6, ..AIR },
    Model { used: Use::Field, weight: 22, make: "CESSNA", model: "A188B", built: (1972, 1983), seats: 1, gross: 4200, engine: &IO520, ..AIR },
    Model { used: Use::Field, weight: 16, make: "GRUMMAN", model: "G-164A", built: (1966, 1981), seats: 1, gross: 4500, engine: &R985, ..AIR },
    Model { used: Use::Field, weight: 12, make: "PIPER", model: "PA-25-235", built: (1959, 1981), seats: 1, gross: 2900, engine: &O470, ..AIR },
    Model { used: Use::Field, weight: 7, make: "ROBINSON", model: "R44", category: "HELI", built: (1993, 2020), gross: 2400, engine: &IO540, ..AIR },
    Model { used: Use::Work, weight: 24, make: "CESSNA", model: "208B", built: (1986, 2023), seats: 11, gross: 8750, engine: &PT6, ..AIR },
    Model { used: Use::Work, weight: 22, make: "CESSNA", model: "207", built: (1969, 1984), seats: 7, gross: 3800, engine: &IO520, ..AIR },
    Model { used: Use::Work, weight: 18, make: "PIPER", model: "PA-31-350", built: (1973, 1984), seats: 10, gross: 7000, retractable: true, engines: 2, engine: &IO540, ..AIR },
    Model { used: Use::Work, weight: 14, make: "DEHAVILLAND", model: "DHC-2 MK. I", built: (1948, 1967), seats: 7, gross: 5090, engine: &R985, ..AIR },
    Model { used: Use::Work, weight: 12, make: "SWEARINGEN", model: "SA226TC", built: (1971, 1982), seats: 19, gross: 12_500, retractable: true, engines: 2, engine: &TPE331, ..AIR },
    Model { used: Use::Work, weight: 18, make: "EUROCOPTER", model: "AS 350 B2", category: "HELI", built: (1990, 2015), seats: 6, gross: 4960, engine: &ARRIEL, ..AIR },
    Model { used: Use::Work, weight: 10, make: "BELL", model: "407", category: "HELI", built: (1996, 2023), seats: 7, gross: 5250, engine: &A250, ..AIR },
    Model { used: Use::Work, weight: 8, make: "BELL", model: "206L", category: "HELI", built: (1975, 1993), seats: 7, gross: 4150, engine: &A250, ..AIR },
];

/// A model of a use that existed in a year.
pub fn draw(used: Use, year: i32, dice: &mut Dice) -> &'static Model {
    let weight = |m: &Model| if m.used == used && m.built.0 < year { m.weight } else { 0 };
    if MODELS.iter().all(|m| weight(m) == 0) {
        return COMMON;
    }
    &MODELS[dice.place(MODELS.iter().map(weight))]
}

impl Model {
    /// The year in which one was made that flew in `year`.
    pub fn year_built(&self, year: i32, dice: &mut Dice) -> i32 {
        dice.between(self.built.0, self.built.1.min(year - 1).max(self.built.0))
    }

    pub fn is_light(&self) -> bool {
        self.gross < 12_500
    }
}
