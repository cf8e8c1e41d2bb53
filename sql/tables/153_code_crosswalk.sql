-- Mapping of older codes to current codes.

CREATE TABLE ntsb.code_crosswalk (
    kind         text NOT NULL CHECK (kind IN ('phase', 'event')),
    code         text NOT NULL,
    current_code text NOT NULL,
    is_exact     boolean NOT NULL,
    PRIMARY KEY (kind, code)
);
COMMENT ON TABLE ntsb.code_crosswalk IS
    'Codes of 1982 to 2007 and their replacements since 2008, where there is one; you may add or correct rows';
COMMENT ON COLUMN ntsb.code_crosswalk.kind IS
    'phase: phase of flight, 500 to 610 until 2007, first three digits of an occurrence code since 2008; event: occurrence, 100 to 430 until 2007, last three digits since 2008';
COMMENT ON COLUMN ntsb.code_crosswalk.code IS 'Code of 1982 to 2007';
COMMENT ON COLUMN ntsb.code_crosswalk.current_code IS 'Code since 2008';
COMMENT ON COLUMN ntsb.code_crosswalk.is_exact IS 'True if both codes mean the same; false if current_code is the nearest code that is not narrower';

INSERT INTO ntsb.code_crosswalk (kind, code, current_code, is_exact) VALUES
    ('phase', '500', '150', true), ('phase', '501', '100', false), ('phase', '502', '152', true),
    ('phase', '503', '153', true), ('phase', '504', '151', true), ('phase', '505', '153', false),
    ('phase', '510', '250', true), ('phase', '511', '200', true), ('phase', '512', '251', true),
    ('phase', '513', '253', true), ('phase', '514', '250', false), ('phase', '520', '300', false),
    ('phase', '521', '300', true), ('phase', '522', '350', true), ('phase', '523', '301', true),
    ('phase', '530', '401', false), ('phase', '531', '401', true), ('phase', '540', '400', false),
    ('phase', '541', '402', true), ('phase', '542', '405', true), ('phase', '550', '404', false),
    ('phase', '551', '404', true), ('phase', '552', '600', true), ('phase', '553', '650', true),
    ('phase', '560', '500', true), ('phase', '561', '506', true), ('phase', '562', '507', false),
    ('phase', '563', '507', true), ('phase', '564', '508', true), ('phase', '565', '509', true),
    ('phase', '566', '501', true), ('phase', '567', '502', true), ('phase', '568', '503', true),
    ('phase', '569', '504', true), ('phase', '570', '550', true), ('phase', '571', '551', true),
    ('phase', '572', '552', true), ('phase', '573', '550', false), ('phase', '574', '550', false),
    ('phase', '575', '550', false), ('phase', '576', '600', false), ('phase', '580', '450', true),
    ('phase', '581', '452', false), ('phase', '582', '450', false), ('phase', '583', '450', false),
    ('phase', '590', '453', true), ('phase', '591', '453', false), ('phase', '592', '453', false),
    ('phase', '600', '800', true), ('phase', '610', '990', true),
    ('event', '100', '270', true), ('event', '110', '290', false), ('event', '120', '010', false),
    ('event', '130', '330', true), ('event', '131', '340', false), ('event', '132', '330', false),
    ('event', '140', '331', false), ('event', '150', '441', true), ('event', '160', '093', true),
    ('event', '171', '150', false), ('event', '172', '160', false), ('event', '180', '440', true),
    ('event', '190', '094', true), ('event', '191', '094', false), ('event', '192', '094', false),
    ('event', '193', '094', false), ('event', '194', '094', false), ('event', '195', '094', false),
    ('event', '196', '095', false), ('event', '197', '095', false), ('event', '198', '094', false),
    ('event', '200', '092', true), ('event', '210', '450', true), ('event', '220', '470', false),
    ('event', '230', '470', false), ('event', '231', '095', false), ('event', '232', '095', false),
    ('event', '240', '400', false), ('event', '250', '240', true), ('event', '260', '230', true),
    ('event', '270', '250', true), ('event', '271', '200', false), ('event', '280', '260', true),
    ('event', '290', '096', false), ('event', '300', '096', false), ('event', '310', '200', true),
    ('event', '320', '200', false), ('event', '330', '400', false), ('event', '340', '300', false),
    ('event', '350', '340', false), ('event', '351', '341', false), ('event', '352', '342', false),
    ('event', '353', '341', false), ('event', '354', '342', false), ('event', '355', '338', false),
    ('event', '360', '082', true), ('event', '370', '081', true), ('event', '380', '097', true),
    ('event', '390', '370', true), ('event', '400', '000', true), ('event', '410', '361', true),
    ('event', '420', '990', true), ('event', '430', '900', true);
