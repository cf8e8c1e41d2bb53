//! The memory limit of spatial functions.

use super::error::GeoError;
use pgrx::guc::{GucContext, GucFlags, GucRegistry, GucSetting};

/// In kilobytes. The default is enough to cluster a million points; NTSB has 78,000 events.
static WORK_MEM: GucSetting<i32> = GucSetting::<i32>::new(256 * 1024);

pub fn define_settings() {
    GucRegistry::define_int_guc(
        c"ntsb.work_mem",
        c"Sets the maximum memory of clustering and spatial statistics.",
        c"A call that needs more fails before it starts, with an error that says how much it needs.",
        &WORK_MEM,
        64,
        i32::MAX,
        GucContext::Userset,
        GucFlags::UNIT_KB,
    );
}

/// Returns ntsb.work_mem in bytes.
pub fn work_mem() -> u64 {
    u64::try_from(WORK_MEM.get()).unwrap_or(0) * 1024
}

/// Memory that an operation needs, in bytes.
#[derive(Debug, Clone, Copy)]
pub struct MemoryNeed {
    pub per_point: u64,
    pub fixed: u64,
}

impl MemoryNeed {
    fn for_points(self, points: u64) -> u64 {
        self.per_point.saturating_mul(points).saturating_add(self.fixed)
    }

    /// Returns how many points fit into ntsb.work_mem.
    pub fn max_points(self) -> u64 {
        work_mem().saturating_sub(self.fixed) / self.per_point.max(1)
    }

    pub fn exceeded(self, operation: &'static str, points: u64) -> GeoError {
        GeoError::WorkMem { operation, needed: self.for_points(points), limit: work_mem() }
    }
}
