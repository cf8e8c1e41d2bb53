//! Rows of time series, forecasts and correlations.

row_type! {
    /// Value of one time bucket
    Point {
        bucket_start: String,
        value: Option<i64>,
        /// complete, unfinished, incomplete year or no data
        status: String,
    }
}

row_type! {
    /// Forecast of one time bucket, with its prediction interval
    Forecast {
        bucket_start: String,
        forecast: f64,
        lower: f64,
        upper: f64,
        fitted_from: String,
        fitted_to: String,
        fitted_buckets: i64,
    }
}

row_type! {
    /// Correlation of two columns
    Correlation {
        column_a: String,
        column_b: String,
        /// pearson, spearman, cramers_v or eta
        method: String,
        coefficient: Option<f64>,
        p_value: Option<f64>,
        events: i64,
    }
}
