-- Unaligned, so that a long name changes no other line.
\pset format unaligned
-- Every function with its marks and privileges: a change here is a change of the interface.
SELECT p.oid::regprocedure::text AS function,
       CASE p.prokind WHEN 'f' THEN 'function' WHEN 'p' THEN 'procedure' WHEN 'a' THEN 'aggregate' END AS kind,
       CASE p.provolatile WHEN 'i' THEN 'immutable' WHEN 's' THEN 'stable' ELSE 'volatile' END AS volatility,
       CASE p.proparallel WHEN 's' THEN 'safe' WHEN 'r' THEN 'restricted' ELSE 'unsafe' END AS parallel,
       p.proisstrict AS strict, p.prosecdef AS definer, p.proconfig AS settings,
       coalesce(p.proacl::text, 'public') AS privileges
FROM pg_proc p JOIN pg_depend d ON d.objid = p.oid AND d.classid = 'pg_proc'::regclass AND d.deptype = 'e'
WHERE d.refobjid = (SELECT oid FROM pg_extension WHERE extname = 'pg_ntsb')
ORDER BY 1;

-- and each says what it does.
SELECT p.oid::regprocedure AS without_comment
FROM pg_proc p JOIN pg_depend d ON d.objid = p.oid AND d.classid = 'pg_proc'::regclass AND d.deptype = 'e'
WHERE d.refobjid = (SELECT oid FROM pg_extension WHERE extname = 'pg_ntsb')
  AND obj_description(p.oid, 'pg_proc') IS NULL
ORDER BY 1;

-- Who may call what, and read what: the allow-list.
SELECT kind, role, name FROM ntsb_privileges() ORDER BY kind, array_position('{ntsb_viewer,ntsb_api_user,ntsb_analyst,ntsb_admin,ntsb_service}', role), name;
-- Listed and not there, or there and closed to all but the owner.
SELECT p.oid::regprocedure AS only_the_owner
FROM pg_proc p JOIN pg_depend d ON d.objid = p.oid AND d.classid = 'pg_proc'::regclass AND d.deptype = 'e'
WHERE d.refobjid = (SELECT oid FROM pg_extension WHERE extname = 'pg_ntsb')
  AND NOT EXISTS (SELECT FROM ntsb_privileges() g WHERE g.kind = CASE p.pronamespace::regnamespace::text WHEN 'ntsb_internal' THEN 'internal' ELSE 'function' END AND g.name = p.proname)
ORDER BY 1;
