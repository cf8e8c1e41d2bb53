//! The US states: the weight of their events, and rectangles inside their borders.

/// South, north, west and east edge in hundredths of a degree.
pub type BoundingBox = [i32; 4];

pub struct State {
    pub weight: u32,
    pub code: &'static str,
    /// The name in the code table `states`. Empty for codes of seas.
    pub name: &'static str,
    pub faa_region: &'static str,
    /// Hours behind UTC in winter.
    pub hours_behind_utc: i32,
    pub boxes: &'static [BoundingBox],
}

impl State {
    /// Whether this is the code of a sea, which `ev_state` uses like a state.
    pub fn is_sea(&self) -> bool {
        matches!(self.code, "AO" | "PO" | "GM")
    }
}

const fn state(
    weight: u32,
    code: &'static str,
    name: &'static str,
    faa_region: &'static str,
    hours_behind_utc: i32,
    boxes: &'static [BoundingBox],
) -> State {
    State { weight, code, name, faa_region, hours_behind_utc, boxes }
}

/// The rectangles are inside the borders, checked against the airports of each state.
#[rustfmt::skip] // one line per state
pub const STATES: &[State] = &[
    state(1611, "AK", "ALASKA", "AL", 9, &[[6000, 6550, -15800, -14500], [6100, 6200, -15050, -14900]]),
    state(304, "AL", "ALABAMA", "SO", 6, &[[3130, 3470, -8780, -8570]]),
    state(361, "AR", "ARKANSAS", "SW", 6, &[[3320, 3630, -9390, -9140]]),
    state(948, "AZ", "ARIZONA", "WP", 7, &[[3200, 3680, -11240, -10930]]),
    state(2250, "CA", "CALIFORNIA", "WP", 8, &[[3610, 3890, -12110, -12020], [3400, 3480, -11830, -11500], [3270, 3330, -11700, -11600], [3900, 4150, -12330, -12060]]),
    state(770, "CO", "COLORADO", "NM", 7, &[[3710, 4090, -10890, -10220]]),
    state(122, "CT", "CONNECTICUT", "NE", 5, &[[4140, 4195, -7325, -7195]]),
    state(4, "DC", "DISTRICT OF COLUMBIA", "EA", 5, &[[3886, 3893, -7703, -7697]]),
    state(31, "DE", "DELAWARE", "EA", 5, &[[3865, 3915, -7562, -7545]]),
    state(1806, "FL", "FLORIDA", "SO", 5, &[[2700, 2850, -8180, -8080], [2990, 3030, -8330, -8170], [3060, 3090, -8700, -8560]]),
    state(686, "GA", "GEORGIA", "SO", 5, &[[3110, 3390, -8470, -8280], [3400, 3480, -8490, -8400]]),
    state(163, "HI", "HAWAII", "WP", 10, &[[2140, 2155, -15810, -15795], [1940, 1980, -15570, -15530]]),
    state(270, "IA", "IOWA", "CE", 6, &[[4090, 4330, -9540, -9140]]),
    state(558, "ID", "IDAHO", "NM", 7, &[[4230, 4390, -11640, -11210], [4600, 4850, -11680, -11640]]),
    state(549, "IL", "ILLINOIS", "GL", 6, &[[3850, 4200, -8980, -8830]]),
    state(378, "IN", "INDIANA", "GL", 5, &[[3890, 4130, -8720, -8510]]),
    state(322, "KS", "KANSAS", "CE", 6, &[[3720, 3980, -10180, -9540]]),
    state(212, "KY", "KENTUCKY", "SO", 5, &[[3690, 3750, -8710, -8410]]),
    state(354, "LA", "LOUISIANA", "SW", 6, &[[3030, 3280, -9320, -9200]]),
    state(201, "MA", "MASSACHUSETTS", "NE", 5, &[[4215, 4260, -7270, -7130]]),
    state(246, "MD", "MARYLAND", "EA", 5, &[[3930, 3965, -7720, -7660]]),
    state(151, "ME", "MAINE", "NE", 5, &[[4490, 4670, -6980, -6840]]),
    state(487, "MI", "MICHIGAN", "GL", 5, &[[4210, 4420, -8550, -8360]]),
    state(436, "MN", "MINNESOTA", "GL", 6, &[[4380, 4770, -9570, -9340]]),
    state(432, "MO", "MISSOURI", "CE", 6, &[[3670, 4020, -9410, -9190]]),
    state(201, "MS", "MISSISSIPPI", "SO", 6, &[[3120, 3470, -9010, -8870]]),
    state(325, "MT", "MONTANA", "NM", 7, &[[4580, 4880, -11190, -10430]]),
    state(568, "NC", "NORTH CAROLINA", "SO", 5, &[[3540, 3630, -8090, -7740]]),
    state(132, "ND", "NORTH DAKOTA", "GL", 6, &[[4620, 4880, -10380, -9750]]),
    state(216, "NE", "NEBRASKA", "CE", 6, &[[4030, 4250, -10170, -9730]]),
    state(102, "NH", "NEW HAMPSHIRE", "NE", 5, &[[4290, 4420, -7170, -7130]]),
    state(291, "NJ", "NEW JERSEY", "EA", 5, &[[3980, 4080, -7455, -7440]]),
    state(385, "NM", "NEW MEXICO", "SW", 7, &[[3250, 3680, -10860, -10340]]),
    state(431, "NV", "NEVADA", "WP", 8, &[[3940, 4170, -11960, -11430], [3600, 3670, -11530, -11495]]),
    state(539, "NY", "NEW YORK", "EA", 5, &[[4240, 4300, -7780, -7420]]),
    state(514, "OH", "OHIO", "GL", 5, &[[3980, 4110, -8460, -8130]]),
    state(342, "OK", "OKLAHOMA", "SW", 6, &[[3480, 3680, -9930, -9490]]),
    state(532, "OR", "OREGON", "NM", 8, &[[4270, 4540, -12320, -11760]]),
    state(485, "PA", "PENNSYLVANIA", "EA", 5, &[[4000, 4170, -8020, -7590]]),
    state(75, "PR", "", "", 4, &[[1810, 1835, -6680, -6600]]),
    state(34, "RI", "RHODE ISLAND", "NE", 5, &[[4165, 4190, -7165, -7155]]),
    state(316, "SC", "SOUTH CAROLINA", "SO", 5, &[[3340, 3460, -8120, -7990]]),
    state(149, "SD", "SOUTH DAKOTA", "GL", 6, &[[4340, 4570, -10370, -9720]]),
    state(418, "TN", "TENNESSEE", "SO", 6, &[[3530, 3620, -8890, -8480]]),
    state(2023, "TX", "TEXAS", "SW", 6, &[[2890, 3330, -9940, -9610], [3150, 3450, -10280, -10030]]),
    state(497, "UT", "UTAH", "NM", 7, &[[3720, 4080, -11380, -10930]]),
    state(443, "VA", "VIRGINIA", "EA", 5, &[[3680, 3810, -7890, -7760]]),
    state(61, "VT", "VERMONT", "NE", 5, &[[4310, 4470, -7300, -7260]]),
    state(756, "WA", "WASHINGTON", "NM", 8, &[[4640, 4870, -12170, -11770]]),
    state(455, "WI", "WISCONSIN", "GL", 6, &[[4290, 4510, -9040, -8860]]),
    state(106, "WV", "WEST VIRGINIA", "EA", 5, &[[3810, 3910, -8130, -8050]]),
    state(216, "WY", "WYOMING", "NM", 7, &[[4130, 4470, -11070, -10440]]),
    state(27, "AO", "", "", 5, &[[3000, 3700, -7400, -7000]]),
    state(23, "PO", "", "", 8, &[[3000, 4500, -13000, -12600]]),
    state(12, "GM", "", "", 6, &[[2600, 2850, -9400, -8600]]),
];
