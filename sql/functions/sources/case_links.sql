-- Addresses of NTSB's public documents on a case.

CREATE FUNCTION ntsb_case_link(ev_id text) RETURNS TABLE (kind text, url text, is_stated boolean)
LANGUAGE sql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    WITH event AS (
        SELECT e.ev_id, e.ntsb_no, coalesce(r.mkey, @extschema@.ntsb_case_key(e.ev_id)) AS mkey,
               r.docket_page, r.report_page, r.investigation_page
        FROM ntsb.events e LEFT JOIN ntsb.case_record r USING (ev_id)
        WHERE e.ev_id = upper(btrim(left(ntsb_case_link.ev_id, 100)))
    )
    SELECT k.kind, coalesce(k.stated, k.derived), k.stated IS NOT NULL
    FROM event e
    CROSS JOIN LATERAL (VALUES
        ('docket', e.docket_page, coalesce('https://data.ntsb.gov/Docket?ProjectID=' || e.mkey,
                                           'https://data.ntsb.gov/Docket/?NTSBNumber=' || e.ntsb_no)),
        ('investigation', e.investigation_page, NULL),
        -- The query tool has no addresses of single cases.
        ('query tool', NULL, 'https://data.ntsb.gov/carol-main-public/basic-search'),
        ('report', e.report_page,
         'https://data.ntsb.gov/carol-repgen/api/Aviation/ReportMain/GenerateNewestReport/' || e.mkey || '/pdf')
    ) AS k (kind, stated, derived)
    WHERE coalesce(k.stated, k.derived) IS NOT NULL
    ORDER BY k.kind
$$;
COMMENT ON FUNCTION ntsb_case_link(text) IS
'Addresses of NTSB''s public documents on a case: docket, investigation, query tool, report (PDF). is_stated: whether the record of the API states the address; otherwise it is derived from the key of the case or its NTSB number, and may not exist. ev_id: upper or lower case. No rows for an unknown event; no report where the key is not known (see ntsb_case_key).';
