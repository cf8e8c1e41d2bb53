-- The cleaning functions in SQL. Their full test cases are in core.
SET datestyle = iso, mdy;
SELECT raw, ntsb_clean_date(raw), ntsb_clean_timestamp(raw)
FROM unnest(ARRAY['03/25/25 21:41:51', '07/04/1986', '2008-02-11', '2008-02-11T10:00:59.6Z', '20080211',
                  '11-Feb-2008', 'February 11, 2008', '06/01/53 00:00:00', '02/30/20', 'soon', '']) raw;
SELECT raw, ntsb_clean_time(raw) FROM unnest(ARRAY['825', '0825', '8:25', '0', '2400', '9999', '1260', 'noon']) raw;
SELECT raw, ntsb_clean_number(raw)
FROM unnest(ARRAY['-97.64138699999999', '29.92', ' 7 ', '1e3', '-0', 'NaN', '1,000', '']) raw;
SELECT raw, ntsb_clean_code(raw)
FROM unnest(ARRAY['PLT ', 'UNK', 'Unk', 'UNKNOWN', 'NONE', 'None', '091', '0206304044', '   ']) raw;
SELECT ntsb_clean_text(E'  The pilot&#x0D;\nsaid &quot;no&quot;.\x1e\r\nEnd ') AS text;
SELECT count(*) > 20 AS defects, bool_and(description ~ '\.$') AS described FROM ntsb_defects();
