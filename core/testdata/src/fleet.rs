//! Aircraft makes and models, by usage.

use super::rng::Rng;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Usage {
    /// Small airplanes, helicopters and gliders for private flights and instruction.
    Private,
    Airline,
    Agricultural,
    /// Air taxi and other commercial work.
    Commercial,
}

pub struct Model {
    pub weight: u32,
    pub usage: Usage,
    pub make: &'static str,
    pub model: &'static str,
    pub category: &'static str,
    /// First and last year of manufacture.
    pub built: (i32, i32),
    pub seats: u32,
    /// Maximum gross weight in pounds.
    pub gross_weight: i32,
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

const BASE_MODEL: Model = Model {
    weight: 0,
    usage: Usage::Private,
    make: "CESSNA",
    model: "172",
    category: "AIR",
    built: (1956, 1986),
    seats: 4,
    gross_weight: 2300,
    retractable: false,
    homebuilt: false,
    engines: 1,
    engine: &O320,
};

/// Used if no model of the usage existed in the year.
pub const DEFAULT_MODEL: &Model = &MODELS[0];

#[rustfmt::skip] // one line per model
pub const MODELS: &[Model] = &[
    Model { weight: 43, ..BASE_MODEL },
    Model { weight: 21, model: "172N", built: (1977, 1980), ..BASE_MODEL },
    Model { weight: 14, model: "172S", built: (1998, 2022), gross_weight: 2550, engine: &IO360, ..BASE_MODEL },
    Model { weight: 21, model: "152", built: (1977, 1985), seats: 2, gross_weight: 1670, engine: &O235, ..BASE_MODEL },
    Model { weight: 25, model: "150", built: (1959, 1977), seats: 2, gross_weight: 1600, engine: &O200, ..BASE_MODEL },
    Model { weight: 21, model: "182", built: (1956, 1986), gross_weight: 2950, engine: &O470, ..BASE_MODEL },
    Model { weight: 9, model: "180", built: (1953, 1981), gross_weight: 2800, engine: &O470, ..BASE_MODEL },
    Model { weight: 10, model: "210", built: (1960, 1986), seats: 6, gross_weight: 3800, retractable: true, engine: &IO520, ..BASE_MODEL },
    Model { weight: 7, model: "A185F", built: (1973, 1985), seats: 6, gross_weight: 3350, engine: &IO520, ..BASE_MODEL },
    Model { weight: 6, model: "140", built: (1946, 1951), seats: 2, gross_weight: 1450, engine: &O200, ..BASE_MODEL },
    Model { weight: 7, model: "310R", built: (1975, 1981), seats: 6, gross_weight: 5500, retractable: true, engines: 2, engine: &IO520, ..BASE_MODEL },
    Model { weight: 29, make: "PIPER", model: "PA-28-140", built: (1964, 1977), gross_weight: 2150, ..BASE_MODEL },
    Model { weight: 18, make: "PIPER", model: "PA-28-161", built: (1977, 2020), gross_weight: 2440, ..BASE_MODEL },
    Model { weight: 17, make: "PIPER", model: "PA-28-181", built: (1976, 2021), gross_weight: 2550, engine: &O360, ..BASE_MODEL },
    Model { weight: 17, make: "PIPER", model: "PA-18-150", built: (1950, 1994), seats: 2, gross_weight: 1750, ..BASE_MODEL },
    Model { weight: 8, make: "PIPER", model: "PA-32R-300", built: (1976, 1978), seats: 6, gross_weight: 3600, retractable: true, engine: &IO540, ..BASE_MODEL },
    Model { weight: 8, make: "PIPER", model: "PA-34-200T", built: (1975, 1981), seats: 6, gross_weight: 4570, retractable: true, engines: 2, engine: &IO360, ..BASE_MODEL },
    Model { weight: 6, make: "PIPER", model: "PA-31-350", built: (1973, 1984), seats: 8, gross_weight: 7000, retractable: true, engines: 2, engine: &IO540, ..BASE_MODEL },
    Model { weight: 7, make: "PIPER", model: "J3C-65", built: (1938, 1947), seats: 2, gross_weight: 1220, engine: &A65, ..BASE_MODEL },
    Model { weight: 20, make: "BEECH", model: "A36", built: (1968, 2021), seats: 6, gross_weight: 3650, retractable: true, engine: &IO550, ..BASE_MODEL },
    Model { weight: 12, make: "BEECH", model: "35", built: (1947, 1982), seats: 5, gross_weight: 3400, retractable: true, engine: &IO520, ..BASE_MODEL },
    Model { weight: 12, make: "BEECH", model: "58", built: (1970, 2020), seats: 6, gross_weight: 5500, retractable: true, engines: 2, engine: &IO550, ..BASE_MODEL },
    Model { weight: 7, make: "BEECH", model: "200", built: (1974, 2015), seats: 10, gross_weight: 12_500, retractable: true, engines: 2, engine: &PT6, ..BASE_MODEL },
    Model { weight: 18, make: "MOONEY", model: "M20J", built: (1977, 1998), gross_weight: 2740, retractable: true, engine: &IO360, ..BASE_MODEL },
    Model { weight: 16, make: "CIRRUS DESIGN CORP", model: "SR22", built: (2001, 2024), gross_weight: 3400, engine: &IO550, ..BASE_MODEL },
    Model { weight: 12, make: "BELLANCA", model: "7GCBC", built: (1970, 1980), seats: 2, gross_weight: 1650, ..BASE_MODEL },
    Model { weight: 12, make: "AERONCA", model: "7AC", built: (1945, 1948), seats: 2, gross_weight: 1220, engine: &A65, ..BASE_MODEL },
    Model { weight: 12, make: "MAULE", model: "M-5-235C", built: (1976, 1988), gross_weight: 2300, engine: &O360, ..BASE_MODEL },
    Model { weight: 8, make: "GRUMMAN AMERICAN", model: "AA-5B", built: (1974, 1979), gross_weight: 2400, engine: &O360, ..BASE_MODEL },
    Model { weight: 8, make: "LUSCOMBE", model: "8A", built: (1938, 1950), seats: 2, gross_weight: 1260, engine: &A65, ..BASE_MODEL },
    Model { weight: 8, make: "DIAMOND AIRCRAFT IND INC", model: "DA 40", built: (2000, 2023), gross_weight: 2535, engine: &IO360, ..BASE_MODEL },
    Model { weight: 26, make: "VANS", model: "RV-6", built: (1989, 2018), seats: 2, gross_weight: 1650, homebuilt: true, engine: &O360, ..BASE_MODEL },
    Model { weight: 12, make: "RANS", model: "S-6", built: (1991, 2019), seats: 2, gross_weight: 1100, homebuilt: true, engine: &R912, ..BASE_MODEL },
    Model { weight: 6, make: "CESSNA", model: "T303", built: (1982, 1986), seats: 6, gross_weight: 5150, retractable: true, engines: 2, engine: &IO520, ..BASE_MODEL },
    Model { weight: 14, make: "VANS", model: "RV-7", built: (2001, 2023), seats: 2, gross_weight: 1800, homebuilt: true, engine: &O360, ..BASE_MODEL },
    Model { weight: 12, make: "STINSON", model: "108", built: (1946, 1950), gross_weight: 2400, ..BASE_MODEL },
    Model { weight: 12, make: "TAYLORCRAFT", model: "BC12-D", built: (1945, 1950), seats: 2, gross_weight: 1200, engine: &A65, ..BASE_MODEL },
    Model { weight: 12, make: "AMERICAN CHAMPION", model: "8KCAB", built: (1990, 2023), seats: 2, gross_weight: 1800, engine: &O360, ..BASE_MODEL },
    Model { weight: 12, make: "NORTH AMERICAN", model: "NAVION", built: (1946, 1951), gross_weight: 2750, retractable: true, engine: &O470, ..BASE_MODEL },
    Model { weight: 12, make: "AVIAT", model: "A-1", built: (1987, 2022), seats: 2, gross_weight: 1800, engine: &O360, ..BASE_MODEL },
    Model { weight: 12, make: "ZENITH", model: "CH 701", built: (1994, 2020), seats: 2, gross_weight: 1100, homebuilt: true, engine: &R912, ..BASE_MODEL },
    Model { weight: 10, make: "KITFOX", model: "MODEL 5", built: (1994, 2015), seats: 2, gross_weight: 1550, homebuilt: true, engine: &R912, ..BASE_MODEL },
    Model { weight: 10, make: "SOCATA", model: "TB 20", built: (1984, 2005), gross_weight: 3086, retractable: true, engine: &IO540, ..BASE_MODEL },
    Model { weight: 8, make: "GLASTAR", model: "GS-1", built: (1996, 2012), seats: 2, gross_weight: 1960, homebuilt: true, engine: &O320, ..BASE_MODEL },
    Model { weight: 13, make: "ROBINSON", model: "R22 BETA", category: "HELI", built: (1985, 2020), seats: 2, gross_weight: 1370, ..BASE_MODEL },
    Model { weight: 12, make: "ROBINSON", model: "R44 II", category: "HELI", built: (2002, 2024), gross_weight: 2500, engine: &IO540, ..BASE_MODEL },
    Model { weight: 11, make: "BELL", model: "206B", category: "HELI", built: (1967, 2010), seats: 5, gross_weight: 3200, engine: &A250, ..BASE_MODEL },
    Model { weight: 6, make: "BELL", model: "47G", category: "HELI", built: (1953, 1974), seats: 3, gross_weight: 2950, engine: &O470, ..BASE_MODEL },
    Model { weight: 14, make: "HUGHES", model: "369D", category: "HELI", built: (1976, 1992), seats: 5, gross_weight: 3000, engine: &A250, ..BASE_MODEL },
    Model { weight: 12, make: "SCHWEIZER", model: "269C", category: "HELI", built: (1983, 2012), seats: 3, gross_weight: 2050, engine: &IO360, ..BASE_MODEL },
    Model { weight: 10, make: "ENSTROM", model: "F-28", category: "HELI", built: (1968, 2012), seats: 3, gross_weight: 2350, engine: &IO360, ..BASE_MODEL },
    Model { weight: 13, make: "SCHWEIZER", model: "SGS 2-33A", category: "GLI", built: (1967, 1981), seats: 2, gross_weight: 1040, engines: 0, ..BASE_MODEL },
    Model { weight: 6, make: "CAMERON", model: "N-90", category: "BALL", built: (1980, 2015), seats: 4, gross_weight: 1600, engines: 0, ..BASE_MODEL },
    Model { weight: 6, make: "AIR CREATION", model: "TANARG", category: "WSFT", built: (2003, 2020), seats: 2, gross_weight: 992, engine: &R582, ..BASE_MODEL },
    Model { weight: 5, make: "BENSEN", model: "B-8M", category: "GYRO", built: (1958, 1995), seats: 1, gross_weight: 600, homebuilt: true, engine: &R582, ..BASE_MODEL },
    Model { usage: Usage::Airline, weight: 300, make: "BOEING", model: "737-800", built: (1997, 2020), seats: 189, gross_weight: 174_200, retractable: true, engines: 2, engine: &CFM56, ..BASE_MODEL },
    Model { usage: Usage::Airline, weight: 130, make: "BOEING", model: "727-200", built: (1967, 1984), seats: 155, gross_weight: 190_500, retractable: true, engines: 3, engine: &JT8D, ..BASE_MODEL },
    Model { usage: Usage::Airline, weight: 100, make: "BOEING", model: "747-400", built: (1988, 2009), seats: 416, gross_weight: 875_000, retractable: true, engines: 4, engine: &CF6, ..BASE_MODEL },
    Model { usage: Usage::Airline, weight: 90, make: "BOEING", model: "767-300", built: (1986, 2014), seats: 218, gross_weight: 350_000, retractable: true, engines: 2, engine: &CF6, ..BASE_MODEL },
    Model { usage: Usage::Airline, weight: 130, make: "AIRBUS", model: "A320", built: (1988, 2022), seats: 150, gross_weight: 169_700, retractable: true, engines: 2, engine: &CFM56, ..BASE_MODEL },
    Model { usage: Usage::Airline, weight: 70, make: "EMBRAER", model: "EMB-145LR", built: (1998, 2010), seats: 50, gross_weight: 48_500, retractable: true, engines: 2, engine: &CF34, ..BASE_MODEL },
    Model { usage: Usage::Airline, weight: 80, make: "MCDONNELL DOUGLAS", model: "DC-9-82", built: (1980, 1999), seats: 150, gross_weight: 149_500, retractable: true, engines: 2, engine: &JT8D, ..BASE_MODEL },
    Model { usage: Usage::Airline, weight: 60, make: "BOMBARDIER INC", model: "CL-600-2B19", built: (1992, 2006), seats: 50, gross_weight: 53_000, retractable: true, engines: 2, engine: &CF34, ..BASE_MODEL },
    Model { usage: Usage::Airline, weight: 40, make: "DOUGLAS", model: "DC-3C", built: (1938, 1946), seats: 28, gross_weight: 25_200, retractable: true, engines: 2, engine: &R985, ..BASE_MODEL },
    Model { usage: Usage::Airline, weight: 40, make: "ATR", model: "ATR 72-212", built: (1992, 2018), seats: 66, gross_weight: 48_500, retractable: true, engines: 2, engine: &PW127, ..BASE_MODEL },
    Model { usage: Usage::Agricultural, weight: 40, make: "AIR TRACTOR INC", model: "AT-502", built: (1987, 2022), seats: 1, gross_weight: 8000, engine: &PT6, ..BASE_MODEL },
    Model { usage: Usage::Agricultural, weight: 22, make: "CESSNA", model: "A188B", built: (1972, 1983), seats: 1, gross_weight: 4200, engine: &IO520, ..BASE_MODEL },
    Model { usage: Usage::Agricultural, weight: 16, make: "GRUMMAN", model: "G-164A", built: (1966, 1981), seats: 1, gross_weight: 4500, engine: &R985, ..BASE_MODEL },
    Model { usage: Usage::Agricultural, weight: 12, make: "PIPER", model: "PA-25-235", built: (1959, 1981), seats: 1, gross_weight: 2900, engine: &O470, ..BASE_MODEL },
    Model { usage: Usage::Agricultural, weight: 7, make: "ROBINSON", model: "R44", category: "HELI", built: (1993, 2020), gross_weight: 2400, engine: &IO540, ..BASE_MODEL },
    Model { usage: Usage::Commercial, weight: 24, make: "CESSNA", model: "208B", built: (1986, 2023), seats: 11, gross_weight: 8750, engine: &PT6, ..BASE_MODEL },
    Model { usage: Usage::Commercial, weight: 22, make: "CESSNA", model: "207", built: (1969, 1984), seats: 7, gross_weight: 3800, engine: &IO520, ..BASE_MODEL },
    Model { usage: Usage::Commercial, weight: 18, make: "PIPER", model: "PA-31-350", built: (1973, 1984), seats: 10, gross_weight: 7000, retractable: true, engines: 2, engine: &IO540, ..BASE_MODEL },
    Model { usage: Usage::Commercial, weight: 14, make: "DEHAVILLAND", model: "DHC-2 MK. I", built: (1948, 1967), seats: 7, gross_weight: 5090, engine: &R985, ..BASE_MODEL },
    Model { usage: Usage::Commercial, weight: 12, make: "SWEARINGEN", model: "SA226TC", built: (1971, 1982), seats: 19, gross_weight: 12_500, retractable: true, engines: 2, engine: &TPE331, ..BASE_MODEL },
    Model { usage: Usage::Commercial, weight: 18, make: "EUROCOPTER", model: "AS 350 B2", category: "HELI", built: (1990, 2015), seats: 6, gross_weight: 4960, engine: &ARRIEL, ..BASE_MODEL },
    Model { usage: Usage::Commercial, weight: 10, make: "BELL", model: "407", category: "HELI", built: (1996, 2023), seats: 7, gross_weight: 5250, engine: &A250, ..BASE_MODEL },
    Model { usage: Usage::Commercial, weight: 8, make: "BELL", model: "206L", category: "HELI", built: (1975, 1993), seats: 7, gross_weight: 4150, engine: &A250, ..BASE_MODEL },
];

/// Draws a model of a usage that existed in a year.
pub fn draw_model(usage: Usage, year: i32, rng: &mut Rng) -> &'static Model {
    let weight = |m: &Model| if m.usage == usage && m.built.0 < year { m.weight } else { 0 };
    if MODELS.iter().all(|m| weight(m) == 0) {
        return DEFAULT_MODEL;
    }
    &MODELS[rng.pick_index(MODELS.iter().map(weight))]
}

impl Model {
    /// Draws the year of manufacture of an aircraft that flew in `year`.
    pub fn draw_year_built(&self, year: i32, rng: &mut Rng) -> i32 {
        rng.next_between(self.built.0, self.built.1.min(year - 1).max(self.built.0))
    }

    pub fn is_light(&self) -> bool {
        self.gross_weight < 12_500
    }
}
