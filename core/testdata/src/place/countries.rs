//! Foreign countries in which events happen, by FIPS code.

use super::states::BoundingBox;

pub struct Country {
    pub weight: u32,
    pub code: &'static str,
    pub name: &'static str,
    /// The prefix of the country's registrations.
    pub registration_prefix: &'static str,
    /// A rectangle inside the country.
    pub bounds: BoundingBox,
}

const fn country(
    weight: u32,
    code: &'static str,
    name: &'static str,
    registration_prefix: &'static str,
    bounds: BoundingBox,
) -> Country {
    Country { weight, code, name, registration_prefix, bounds }
}

#[rustfmt::skip] // one line per country
pub const COUNTRIES: &[Country] = &[
    country(184, "BR", "Brazil", "PT-", [-2000, -800, -5500, -4200]),
    country(123, "UK", "United Kingdom", "G-", [5150, 5300, -200, 0]),
    country(122, "CA", "Canada", "C-", [5000, 5400, -11300, -10200]),
    country(106, "AS", "Australia", "VH-", [-3000, -2000, 12000, 14500]),
    country(80, "FR", "France", "F-", [4500, 4850, 0, 500]),
    country(77, "MX", "Mexico", "XA-", [2000, 2500, -10300, -9900]),
    country(74, "CO", "Colombia", "HK-", [300, 700, -7550, -7200]),
    country(73, "GE", "Germany", "D-", [4950, 5300, 900, 1200]),
    country(60, "SP", "Spain", "EC-", [3850, 4200, -550, -150]),
    country(53, "IT", "Italy", "I-", [4350, 4530, 900, 1150]),
    country(50, "RS", "Russia", "RA-", [5400, 6000, 3500, 6000]),
    country(47, "JA", "Japan", "JA-", [3550, 3680, 13800, 13950]),
    country(46, "ID", "Indonesia", "PK-", [-350, -50, 10200, 10400]),
    country(42, "EC", "Ecuador", "HC-", [-250, 0, -7950, -7750]),
    country(39, "PE", "Peru", "OB-", [-1300, -600, -7600, -7350]),
    country(37, "SZ", "Switzerland", "HB-", [4660, 4730, 740, 860]),
    country(32, "VE", "Venezuela", "YV-", [700, 1000, -6900, -6300]),
    country(31, "AR", "Argentina", "LV-", [-3600, -2900, -6600, -6000]),
    country(26, "CI", "Chile", "CC-", [-3800, -3300, -7200, -7100]),
    country(26, "GT", "Guatemala", "TG-", [1450, 1600, -9100, -9000]),
    country(26, "CH", "China", "B-", [2800, 3600, 10500, 11600]),
    country(25, "SW", "Sweden", "SE-", [5700, 6200, 1350, 1650]),
    country(24, "NZ", "New Zealand", "ZK-", [-3950, -3850, 17550, 17650]),
    country(20, "IN", "India", "VT-", [1600, 2500, 7500, 8200]),
    country(18, "NL", "Netherlands", "PH-", [5180, 5250, 500, 600]),
    country(18, "PL", "Poland", "SP-", [5100, 5350, 1700, 2200]),
    country(15, "SA", "Saudi Arabia", "HZ-", [2200, 2800, 4200, 4700]),
    country(15, "TU", "Turkey", "TC-", [3800, 4000, 3000, 3900]),
    country(12, "SF", "South Africa", "ZS-", [-2900, -2500, 2300, 2900]),
    country(9, "NO", "Norway", "LN-", [6000, 6200, 900, 1150]),
];
