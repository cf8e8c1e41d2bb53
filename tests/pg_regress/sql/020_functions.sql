-- Unaligned output, so that a long name does not change other lines.
\pset format unaligned
-- Every function with its volatility, parallel safety and privileges. A change here changes the public interface.
SELECT p.oid::regprocedure::text AS function,
       CASE p.prokind WHEN 'f' THEN 'function' WHEN 'p' THEN 'procedure' WHEN 'a' THEN 'aggregate' END AS kind,
       CASE p.provolatile WHEN 'i' THEN 'immutable' WHEN 's' THEN 'stable' ELSE 'volatile' END AS volatility,
       CASE p.proparallel WHEN 's' THEN 'safe' WHEN 'r' THEN 'restricted' ELSE 'unsafe' END AS parallel,
       p.proisstrict AS strict, p.prosecdef AS definer, p.proconfig AS settings,
       coalesce(p.proacl::text, 'public') AS privileges
FROM pg_proc p JOIN pg_depend d ON d.objid = p.oid AND d.classid = 'pg_proc'::regclass AND d.deptype = 'e'
WHERE d.refobjid = (SELECT oid FROM pg_extension WHERE extname = 'pg_ntsb')
ORDER BY 1;

-- All functions have a comment.
SELECT p.oid::regprocedure AS without_comment
FROM pg_proc p JOIN pg_depend d ON d.objid = p.oid AND d.classid = 'pg_proc'::regclass AND d.deptype = 'e'
WHERE d.refobjid = (SELECT oid FROM pg_extension WHERE extname = 'pg_ntsb')
  AND obj_description(p.oid, 'pg_proc') IS NULL
ORDER BY 1;

-- The privileges granted to each role.
SELECT kind, role, name FROM ntsb_privileges() ORDER BY kind, array_position('{ntsb_viewer,ntsb_api_user,ntsb_analyst,ntsb_relay,ntsb_admin,ntsb_service}', role), name;
-- Functions of the extension that no role may call except the owner.
SELECT p.oid::regprocedure AS only_owner
FROM pg_proc p JOIN pg_depend d ON d.objid = p.oid AND d.classid = 'pg_proc'::regclass AND d.deptype = 'e'
WHERE d.refobjid = (SELECT oid FROM pg_extension WHERE extname = 'pg_ntsb')
  AND NOT EXISTS (SELECT FROM ntsb_privileges() g WHERE g.kind = CASE p.pronamespace::regnamespace::text WHEN 'ntsb_internal' THEN 'internal' ELSE 'function' END AND g.name = p.proname)
ORDER BY 1;
