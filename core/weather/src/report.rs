//! The values of a report. What the report does not state is `None`.

/// Kind of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Routine report.
    Metar,
    /// Special report, issued because of a significant change.
    Speci,
}

impl Kind {
    /// METAR or SPECI.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Metar => "METAR",
            Kind::Speci => "SPECI",
        }
    }
}

/// Day of the month and time of an observation, UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Time {
    /// 1 to 31.
    pub day: u8,
    /// 0 to 23.
    pub hour: u8,
    /// 0 to 59.
    pub minute: u8,
}

/// Surface wind. Directions are degrees true from which the wind blows, 10 to 360.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Wind {
    /// Direction; `None` if it is calm, variable or missing.
    pub direction: Option<u16>,
    /// Whether the direction is reported as variable (VRB).
    pub is_variable: bool,
    /// Range of a variable direction, clockwise (`180V240`).
    pub range: Option<(u16, u16)>,
    /// Speed in knots; 0 is calm.
    pub speed: Option<f64>,
    /// Gust speed in knots.
    pub gust: Option<f64>,
}

/// Whether the true value lies beyond the reported one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// The true value is below the reported one (M).
    Below,
    /// The true value is above the reported one (P), or equal to it.
    Above,
}

impl Bound {
    /// below or above.
    pub fn name(self) -> &'static str {
        match self {
            Bound::Below => "below",
            Bound::Above => "above",
        }
    }
}

/// Prevailing visibility.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Visibility {
    /// Statute miles.
    pub miles: f64,
    /// Set if the value is a limit of the sensor or of the code form.
    pub bound: Option<Bound>,
}

/// Change of the runway visual range during the last ten minutes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RvrTrend {
    /// U.
    Up,
    /// D.
    Down,
    /// N.
    NoChange,
}

impl RvrTrend {
    /// up, down or no change.
    pub fn name(self) -> &'static str {
        match self {
            RvrTrend::Up => "up",
            RvrTrend::Down => "down",
            RvrTrend::NoChange => "no change",
        }
    }
}

/// Runway visual range.
#[derive(Clone, Debug, PartialEq)]
pub struct Rvr {
    /// Runway, such as 24L.
    pub runway: String,
    /// Visual range in feet, or the lowest one of a variable range; `None` if missing.
    pub feet: Option<u32>,
    /// Whether [`feet`](Rvr::feet) is a limit.
    pub bound: Option<Bound>,
    /// Highest value of a variable range in feet.
    pub max_feet: Option<u32>,
    /// Whether [`max_feet`](Rvr::max_feet) is a limit.
    pub max_bound: Option<Bound>,
    /// Trend, if reported.
    pub trend: Option<RvrTrend>,
}

/// Amount of a cloud layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cover {
    /// 1 to 2 eighths.
    Few,
    /// 3 to 4 eighths.
    Scattered,
    /// 5 to 7 eighths.
    Broken,
    /// 8 eighths.
    Overcast,
}

impl Cover {
    /// FEW, SCT, BKN or OVC.
    pub fn code(self) -> &'static str {
        match self {
            Cover::Few => "FEW",
            Cover::Scattered => "SCT",
            Cover::Broken => "BKN",
            Cover::Overcast => "OVC",
        }
    }

    /// Whether a layer of this amount is a ceiling.
    pub fn is_ceiling(self) -> bool {
        matches!(self, Cover::Broken | Cover::Overcast)
    }
}

/// Convective cloud type of a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CloudType {
    /// CB.
    Cumulonimbus,
    /// TCU.
    ToweringCumulus,
}

impl CloudType {
    /// CB or TCU.
    pub fn code(self) -> &'static str {
        match self {
            CloudType::Cumulonimbus => "CB",
            CloudType::ToweringCumulus => "TCU",
        }
    }
}

/// A cloud layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cloud {
    /// Amount; `None` if an automatic station could not determine it.
    pub cover: Option<Cover>,
    /// Height of the base in feet above ground; `None` if missing.
    pub height: Option<u32>,
    /// CB or TCU, if reported.
    pub kind: Option<CloudType>,
}

/// A parsed METAR or SPECI report.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Report {
    /// The text, with single spaces between its groups.
    pub raw: String,
    /// METAR or SPECI; `None` if the text says neither.
    pub kind: Option<Kind>,
    /// Station, four characters.
    pub station: Option<String>,
    /// Time of the observation.
    pub time: Option<Time>,
    /// Report of an automatic station without human additions.
    pub is_auto: bool,
    /// Corrected report (COR, or CCA, CCB … in Canada).
    pub is_corrected: bool,
    /// The observation is missing (NIL).
    pub is_nil: bool,
    /// Surface wind.
    pub wind: Option<Wind>,
    /// Prevailing visibility.
    pub visibility: Option<Visibility>,
    /// Visibilities in one direction: statute miles and compass point (`1500SW`).
    pub directional_visibility: Vec<(f64, String)>,
    /// Runway visual ranges.
    pub rvr: Vec<Rvr>,
    /// Present weather, as coded: `-RA`, `+TSRA`, `VCSH`.
    pub weather: Vec<String>,
    /// Cloud layers in the order of the report.
    pub clouds: Vec<Cloud>,
    /// The code for a sky without (significant) clouds: CLR, SKC, NSC or NCD.
    pub clear_sky: Option<&'static str>,
    /// Vertical visibility in feet, if the sky is obscured and the value is reported.
    pub vertical_visibility: Option<u32>,
    /// The sky is obscured (VV), with or without a value.
    pub is_obscured: bool,
    /// Visibility of 10 km or more, no cloud below 5,000 ft and no weather of significance.
    pub is_cavok: bool,
    /// Temperature in degrees Celsius; in tenths if the remarks have a T group.
    pub temperature: Option<f64>,
    /// Dew point in degrees Celsius; in tenths if the remarks have a T group.
    pub dew_point: Option<f64>,
    /// Altimeter setting in inches of mercury, if reported in this unit.
    pub altimeter_inhg: Option<f64>,
    /// QNH in hectopascals, if reported in this unit.
    pub qnh_hpa: Option<f64>,
    /// Recent weather, wind shear, state of the sea and of runways (WMO).
    pub supplement: Vec<String>,
    /// Trend forecast: the text from NOSIG, BECMG or TEMPO on.
    pub trend: Option<String>,
    /// Remarks: the text after RMK.
    pub remarks: Option<String>,
    /// Groups that are not understood.
    pub unparsed: Vec<String>,
}

impl Report {
    /// Whether there is a ceiling: the lowest broken or overcast layer, or an obscured sky. `None` if
    /// the sky condition is missing.
    pub fn has_ceiling(&self) -> Option<bool> {
        if self.is_obscured || self.clouds.iter().any(|c| c.cover.is_some_and(Cover::is_ceiling)) {
            return Some(true);
        }
        // An amount that is missing may be a ceiling.
        if self.clouds.iter().any(|cloud| cloud.cover.is_none()) {
            return None;
        }
        let is_reported = self.is_cavok || self.clear_sky.is_some() || !self.clouds.is_empty();
        is_reported.then_some(false)
    }

    /// Height of the ceiling in feet above ground. `None` if there is none or its height is missing.
    pub fn ceiling(&self) -> Option<u32> {
        let layers = self.clouds.iter().filter(|c| c.cover.is_some_and(Cover::is_ceiling));
        let mut heights: Vec<Option<u32>> = layers.map(|layer| layer.height).collect();
        heights.extend(self.is_obscured.then_some(self.vertical_visibility));
        // A layer of unknown height may be the lowest one.
        heights.into_iter().collect::<Option<Vec<u32>>>()?.into_iter().min()
    }

    /// Altimeter setting in inches of mercury, converted if it is reported in hectopascals.
    pub fn inches_of_mercury(&self) -> Option<f64> {
        const INCHES_PER_HPA: f64 = 0.029_529_983;
        self.altimeter_inhg.or(self.qnh_hpa.map(|hpa| round(hpa * INCHES_PER_HPA, 2)))
    }

    /// Altimeter setting in hectopascals, converted if it is reported in inches of mercury.
    pub fn hectopascals(&self) -> Option<f64> {
        const HPA_PER_INCH: f64 = 33.863_886;
        self.qnh_hpa.or(self.altimeter_inhg.map(|inches| round(inches * HPA_PER_INCH, 1)))
    }
}

/// Rounds to a number of decimals.
pub(crate) fn round(value: f64, decimals: i32) -> f64 {
    let scale = 10_f64.powi(decimals);
    (value * scale).round() / scale
}
