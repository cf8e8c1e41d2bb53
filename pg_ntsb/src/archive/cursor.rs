//! Rows of a query as bytes, as COPY in binary format would send them. The `unsafe` of it is here.

use std::ffi::CString;
use std::ptr::null_mut;

use ntsb_archive::Value;
use pgrx::pg_sys::{self, Datum};

use crate::error::Error;

/// Rows that PostgreSQL hands over at once: beside the row group that is being encoded, no more are in
/// memory.
const FETCH: i64 = 256;

/// Calls `each` with every row. `widths` are those of the columns; none is a text or bytea.
/// Must be called within `Spi::connect`.
pub fn rows(
    sql: &str,
    widths: &[Option<usize>],
    mut each: impl FnMut(&[Value]) -> Result<(), Error>,
) -> Result<(), Error> {
    let sql = CString::new(sql).map_err(|_| super::Failure::NoSuchRelation(sql.to_owned()))?;
    // SAFETY: SPI is connected. What a fetch returns lives in a context of its own, which is the
    // current one while its rows are looked at, so that detoasted values go with them.
    unsafe {
        let options = pg_sys::CURSOR_OPT_NO_SCROLL as i32;
        let plan = pg_sys::SPI_prepare_cursor(sql.as_ptr(), 0, null_mut(), options);
        let portal =
            pg_sys::SPI_cursor_open(std::ptr::null(), plan, null_mut(), std::ptr::null(), false);
        let mut row = Row::new(widths);
        loop {
            pgrx::check_for_interrupts!();
            pg_sys::SPI_cursor_fetch(portal, true, FETCH as _);
            let (table, count) = (pg_sys::SPI_tuptable, pg_sys::SPI_processed);
            let kept = pg_sys::MemoryContextSwitchTo((*table).tuptabcxt);
            for at in 0..count as usize {
                row.read((*table).tupdesc, *(*table).vals.add(at), &mut each)?;
            }
            pg_sys::MemoryContextSwitchTo(kept);
            pg_sys::SPI_freetuptable(table);
            if count == 0 {
                break;
            }
        }
        pg_sys::SPI_cursor_close(portal);
        pg_sys::SPI_freeplan(plan);
    }
    Ok(())
}

struct Row<'a> {
    widths: &'a [Option<usize>],
    values: Vec<Datum>,
    nulls: Vec<bool>,
    /// Numbers in network order.
    numbers: Vec<[u8; 8]>,
}

impl Row<'_> {
    fn new(widths: &[Option<usize>]) -> Row<'_> {
        let count = widths.len();
        let (values, nulls) = (vec![Datum::from(0); count], vec![true; count]);
        Row { widths, values, nulls, numbers: vec![[0; 8]; count] }
    }

    /// # Safety
    /// The tuple is of this description, whose columns are of these widths.
    unsafe fn read(
        &mut self,
        description: pg_sys::TupleDesc,
        tuple: pg_sys::HeapTuple,
        each: &mut impl FnMut(&[Value]) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let (values, nulls) = (self.values.as_mut_ptr(), self.nulls.as_mut_ptr());
        // SAFETY: there is room for each column.
        unsafe { pg_sys::heap_deform_tuple(tuple, description, values, nulls) };
        for (number, value) in self.numbers.iter_mut().zip(&self.values) {
            *number = (value.value() as u64).to_be_bytes();
        }
        let columns =
            self.widths.iter().zip(&self.nulls).zip(self.values.iter().zip(&self.numbers));
        let value = |((width, null), (datum, number)): ((&Option<usize>, &bool), (&Datum, _))| {
            let number: &[u8; 8] = number;
            match width {
                _ if *null => None,
                Some(width) => number.get(8_usize.saturating_sub(*width)..),
                // SAFETY: not null, and of a type behind whose header there are its bytes.
                None => Some(unsafe { varlena(*datum) }),
            }
        };
        let row: Vec<Value> = columns.map(value).collect();
        each(&row)
    }
}

unsafe fn varlena<'a>(datum: Datum) -> &'a [u8] {
    unsafe { pgrx::varlena_to_byte_slice(pg_sys::pg_detoast_datum_packed(datum.cast_mut_ptr())) }
}
