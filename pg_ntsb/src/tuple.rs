//! Rows of PostgreSQL read and made without SQL in between: the columns of a composite value as
//! text, and cleaned values as a composite of a known type. All `unsafe` of the row path is here.

use crate::epoch;
use ntsb_schema::clean::Value;
use pgrx::pg_sys;

/// A row type, with room for one row of it.
pub struct RowType {
    desc: pg_sys::TupleDesc,
    pub names: Vec<String>,
    /// The type of each column; of a dropped one, none.
    types: Vec<pg_sys::Oid>,
    type_id: pg_sys::Oid,
    type_mod: i32,
    values: Vec<pg_sys::Datum>,
    nulls: Vec<bool>,
}

impl RowType {
    /// PostgreSQL refuses with an error of its own what is no composite type.
    ///
    /// # Safety
    /// The caller's memory context outlives this.
    pub unsafe fn new(type_id: pg_sys::Oid, type_mod: i32) -> Self {
        unsafe {
            let desc = pg_sys::lookup_rowtype_tupdesc_copy(type_id, type_mod);
            let desc = pg_sys::BlessTupleDesc(desc);
            let count = usize::try_from((*desc).natts).unwrap_or(0);
            let columns = (*desc).attrs.as_slice(count).iter();
            let (names, types) = columns
                .map(|a| match a.attisdropped {
                    true => (String::new(), pg_sys::InvalidOid),
                    false => (a.name().to_owned(), a.atttypid),
                })
                .unzip();
            let values = vec![pg_sys::Datum::from(0); count];
            RowType { desc, names, types, type_id, type_mod, values, nulls: vec![true; count] }
        }
    }

    /// The row type that a composite value says of itself.
    ///
    /// # Safety
    /// `row` is a composite value; it is unpacked into the current memory context where need be.
    pub unsafe fn named_by(row: pg_sys::Datum) -> (pg_sys::Oid, i32) {
        unsafe {
            let header = pg_sys::pg_detoast_datum(row.cast_mut_ptr()) as pg_sys::HeapTupleHeader;
            let typed = &(*header).t_choice.t_datum;
            (typed.datum_typeid, typed.datum_typmod)
        }
    }

    pub fn is_named(&self, (type_id, type_mod): (pg_sys::Oid, i32)) -> bool {
        self.type_id == type_id && self.type_mod == type_mod
    }

    /// The place of a column.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|n| n == name)
    }

    /// The place of a column, which must be of a type: what is set later is taken for it. Otherwise the
    /// type that the column has.
    pub fn typed_position(
        &self,
        name: &str,
        expected: pg_sys::Oid,
    ) -> Result<Option<usize>, pg_sys::Oid> {
        let Some(at) = self.position(name) else { return Ok(None) };
        match self.types.get(at) {
            Some(found) if *found == expected => Ok(Some(at)),
            found => Err(found.copied().unwrap_or(pg_sys::InvalidOid)),
        }
    }

    /// Takes apart a composite value of this type; columns that are not text count as null.
    ///
    /// # Safety
    /// `row` is a composite value of this type; the texts live as long as it and the current
    /// memory context.
    pub unsafe fn texts(&mut self, row: pg_sys::Datum, out: &mut Vec<Option<&str>>) {
        unsafe {
            let header = pg_sys::pg_detoast_datum(row.cast_mut_ptr()) as pg_sys::HeapTupleHeader;
            let mut tuple = pg_sys::HeapTupleData {
                t_len: pgrx::varsize_any(header.cast()) as u32,
                t_data: header,
                ..Default::default()
            };
            pg_sys::heap_deform_tuple(
                &mut tuple,
                self.desc,
                self.values.as_mut_ptr(),
                self.nulls.as_mut_ptr(),
            );
        }
        out.clear();
        for ((value, null), of_type) in self.values.iter().zip(&self.nulls).zip(&self.types) {
            let is_text = *of_type == pg_sys::TEXTOID;
            // SAFETY: deformed just now, not null, and of type text.
            out.push((!null && is_text).then(|| unsafe { text(*value) }));
        }
    }

    /// Makes a composite value; columns not set before are null.
    ///
    /// # Safety
    /// Each datum set is of its column's type.
    pub unsafe fn form(&mut self) -> pg_sys::Datum {
        unsafe {
            let tuple = pg_sys::heap_form_tuple(
                self.desc,
                self.values.as_mut_ptr(),
                self.nulls.as_mut_ptr(),
            );
            pg_sys::HeapTupleHeaderGetDatum((*tuple).t_data)
        }
    }

    /// Gives the description of the type back, before another takes this one's place.
    ///
    /// # Safety
    /// Nothing is read or formed with this afterwards.
    pub unsafe fn free(&mut self) {
        // SAFETY: a copy of our own, which PostgreSQL does not count references to.
        unsafe { pg_sys::FreeTupleDesc(self.desc) };
    }

    pub fn set_null_all(&mut self) {
        self.nulls.fill(true);
    }

    pub fn set(&mut self, at: usize, datum: Option<pg_sys::Datum>) {
        if let (Some(value), Some(null)) = (self.values.get_mut(at), self.nulls.get_mut(at)) {
            *null = datum.is_none();
            *value = datum.unwrap_or(pg_sys::Datum::from(0));
        }
    }
}

/// A text datum, detoasted where need be. PostgreSQL has checked its encoding (UTF-8).
unsafe fn text<'a>(datum: pg_sys::Datum) -> &'a str {
    unsafe {
        let varlena = pg_sys::pg_detoast_datum_packed(datum.cast_mut_ptr());
        pgrx::text_to_rust_str_unchecked(varlena)
    }
}

/// The type that [`ntsb_schema::tables::Column::sql_type`] names.
pub fn type_of(sql_type: &str) -> pg_sys::Oid {
    match sql_type {
        "date" => pg_sys::DATEOID,
        "timestamp(0)" => pg_sys::TIMESTAMPOID,
        "text" => pg_sys::TEXTOID,
        "smallint" => pg_sys::INT2OID,
        "integer" => pg_sys::INT4OID,
        "real" => pg_sys::FLOAT4OID,
        "double precision" => pg_sys::FLOAT8OID,
        "boolean" => pg_sys::BOOLOID,
        _ => pg_sys::InvalidOid,
    }
}

/// The name of a type, as SQL writes it.
pub fn type_name(oid: pg_sys::Oid) -> String {
    // SAFETY: format_type_be takes any number and answers with a C string of its own.
    unsafe {
        let name = pg_sys::format_type_be(oid);
        std::ffi::CStr::from_ptr(name).to_string_lossy().into_owned()
    }
}

/// The datum of a cleaned value for a column of [`ntsb_schema::tables::Column::sql_type`].
pub fn datum(value: &Value) -> Option<pg_sys::Datum> {
    Some(match value {
        Value::Null => return None,
        Value::Text(s) => varlena(s.as_bytes()),
        Value::Int(n) => pg_sys::Datum::from(*n),
        Value::Real(x) => pg_sys::Datum::from(x.to_bits()),
        Value::Double(x) => pg_sys::Datum::from(x.to_bits()),
        Value::Bool(b) => pg_sys::Datum::from(*b),
        Value::Date(days) => pg_sys::Datum::from(days - epoch::DAYS),
        Value::Timestamp(seconds) => pg_sys::Datum::from((seconds - epoch::SECONDS) * 1_000_000),
    })
}

/// A text or bytea datum in the current memory context.
pub fn varlena(bytes: &[u8]) -> pg_sys::Datum {
    // SAFETY: text and bytea are the same bytes behind the same header, copied by palloc.
    unsafe {
        let length = i32::try_from(bytes.len()).unwrap_or(i32::MAX);
        pg_sys::Datum::from(pg_sys::cstring_to_text_with_len(bytes.as_ptr().cast(), length))
    }
}
