-- Amazon Redshift: functions of the policy PEOPLE. Run it as a superuser: only superusers may replace functions.
-- Other users need GRANT USAGE ON LANGUAGE EXFUNC, and sys:secadmin for masking policies. CREATE ROLE fails for a role that
-- exists: continue. Grant each role to the users who have the role of this name in the policy. These grants decide who may
-- ask; the policy decides what each user gets.

-- Roles
create role protector_loader;
create role protector_analyst;
create role protector_support;
create role protector_auditor;

-- Schema
create schema if not exists protector;
grant usage on schema protector to role protector_loader;
grant usage on schema protector to role protector_analyst;
grant usage on schema protector to role protector_support;
grant usage on schema protector to role protector_auditor;

-- protect deName
-- Width in bytes, for a clear value of n bytes: n
create or replace external function protector.pty_protect_dename(varchar(max))
  returns varchar(max) stable
  lambda 'protector-redshift:Production'
  iam_role 'arn:aws:iam::123456789012:role/protector-redshift-caller'
  max_batch_size 2047 kb;
revoke execute on function protector.pty_protect_dename(varchar) from public;
grant execute on function protector.pty_protect_dename(varchar) to role protector_loader;

-- check for deName: NULL, or the reason why the value is refused
create or replace external function protector.pty_check_dename(varchar(max))
  returns varchar(max) stable
  lambda 'protector-redshift:Production'
  iam_role 'arn:aws:iam::123456789012:role/protector-redshift-caller'
  max_batch_rows 15610;
revoke execute on function protector.pty_check_dename(varchar) from public;
grant execute on function protector.pty_check_dename(varchar) to role protector_loader;

-- unprotect deName
create or replace external function protector.pty_unprotect_dename(varchar(max))
  returns varchar(max) stable
  lambda 'protector-redshift:Production'
  iam_role 'arn:aws:iam::123456789012:role/protector-redshift-caller'
  max_batch_size 2047 kb;
revoke execute on function protector.pty_unprotect_dename(varchar) from public;
grant execute on function protector.pty_unprotect_dename(varchar) to role protector_analyst;
grant execute on function protector.pty_unprotect_dename(varchar) to role protector_support;
grant execute on function protector.pty_unprotect_dename(varchar) to role protector_auditor;

-- protect deEmail
-- Width in bytes, for a clear value of n bytes: n + 3, at most 259
create or replace external function protector.pty_protect_deemail(varchar(max))
  returns varchar(max) stable
  lambda 'protector-redshift:Production'
  iam_role 'arn:aws:iam::123456789012:role/protector-redshift-caller'
  max_batch_rows 629299
  max_batch_size 3071 kb;
revoke execute on function protector.pty_protect_deemail(varchar) from public;
grant execute on function protector.pty_protect_deemail(varchar) to role protector_loader;

-- check for deEmail: NULL, or the reason why the value is refused
create or replace external function protector.pty_check_deemail(varchar(max))
  returns varchar(max) stable
  lambda 'protector-redshift:Production'
  iam_role 'arn:aws:iam::123456789012:role/protector-redshift-caller'
  max_batch_rows 15610;
revoke execute on function protector.pty_check_deemail(varchar) from public;
grant execute on function protector.pty_check_deemail(varchar) to role protector_loader;

-- unprotect deEmail
create or replace external function protector.pty_unprotect_deemail(varchar(max))
  returns varchar(max) stable
  lambda 'protector-redshift:Production'
  iam_role 'arn:aws:iam::123456789012:role/protector-redshift-caller';
revoke execute on function protector.pty_unprotect_deemail(varchar) from public;
grant execute on function protector.pty_unprotect_deemail(varchar) to role protector_analyst;
grant execute on function protector.pty_unprotect_deemail(varchar) to role protector_support;
grant execute on function protector.pty_unprotect_deemail(varchar) to role protector_auditor;

-- protect deSSN
-- Width in bytes, for a clear value of n bytes: n
create or replace external function protector.pty_protect_dessn(varchar(max))
  returns varchar(max) stable
  lambda 'protector-redshift:Production'
  iam_role 'arn:aws:iam::123456789012:role/protector-redshift-caller';
revoke execute on function protector.pty_protect_dessn(varchar) from public;
grant execute on function protector.pty_protect_dessn(varchar) to role protector_loader;

-- check for deSSN: NULL, or the reason why the value is refused
create or replace external function protector.pty_check_dessn(varchar(max))
  returns varchar(max) stable
  lambda 'protector-redshift:Production'
  iam_role 'arn:aws:iam::123456789012:role/protector-redshift-caller'
  max_batch_rows 15610;
revoke execute on function protector.pty_check_dessn(varchar) from public;
grant execute on function protector.pty_check_dessn(varchar) to role protector_loader;

-- unprotect deSSN
create or replace external function protector.pty_unprotect_dessn(varchar(max))
  returns varchar(max) stable
  lambda 'protector-redshift:Production'
  iam_role 'arn:aws:iam::123456789012:role/protector-redshift-caller';
revoke execute on function protector.pty_unprotect_dessn(varchar) from public;
grant execute on function protector.pty_unprotect_dessn(varchar) to role protector_analyst;
grant execute on function protector.pty_unprotect_dessn(varchar) to role protector_auditor;

-- protect deCard
-- Width in bytes, for a clear value of n bytes: n
create or replace external function protector.pty_protect_decard(varchar(max))
  returns varchar(max) stable
  lambda 'protector-redshift:Production'
  iam_role 'arn:aws:iam::123456789012:role/protector-redshift-caller';
revoke execute on function protector.pty_protect_decard(varchar) from public;
grant execute on function protector.pty_protect_decard(varchar) to role protector_loader;

-- check for deCard: NULL, or the reason why the value is refused
create or replace external function protector.pty_check_decard(varchar(max))
  returns varchar(max) stable
  lambda 'protector-redshift:Production'
  iam_role 'arn:aws:iam::123456789012:role/protector-redshift-caller'
  max_batch_rows 15610;
revoke execute on function protector.pty_check_decard(varchar) from public;
grant execute on function protector.pty_check_decard(varchar) to role protector_loader;

-- unprotect deCard
create or replace external function protector.pty_unprotect_decard(varchar(max))
  returns varchar(max) stable
  lambda 'protector-redshift:Production'
  iam_role 'arn:aws:iam::123456789012:role/protector-redshift-caller';
revoke execute on function protector.pty_unprotect_decard(varchar) from public;
grant execute on function protector.pty_unprotect_decard(varchar) to role protector_analyst;
grant execute on function protector.pty_unprotect_decard(varchar) to role protector_auditor;

-- protect dePhone
-- Width in bytes, for a clear value of n bytes: n
create or replace external function protector.pty_protect_dephone(varchar(max))
  returns varchar(max) stable
  lambda 'protector-redshift:Production'
  iam_role 'arn:aws:iam::123456789012:role/protector-redshift-caller';
revoke execute on function protector.pty_protect_dephone(varchar) from public;
grant execute on function protector.pty_protect_dephone(varchar) to role protector_loader;

-- check for dePhone: NULL, or the reason why the value is refused
create or replace external function protector.pty_check_dephone(varchar(max))
  returns varchar(max) stable
  lambda 'protector-redshift:Production'
  iam_role 'arn:aws:iam::123456789012:role/protector-redshift-caller'
  max_batch_rows 15610;
revoke execute on function protector.pty_check_dephone(varchar) from public;
grant execute on function protector.pty_check_dephone(varchar) to role protector_loader;

-- unprotect dePhone
create or replace external function protector.pty_unprotect_dephone(varchar(max))
  returns varchar(max) stable
  lambda 'protector-redshift:Production'
  iam_role 'arn:aws:iam::123456789012:role/protector-redshift-caller';
revoke execute on function protector.pty_unprotect_dephone(varchar) from public;
grant execute on function protector.pty_unprotect_dephone(varchar) to role protector_analyst;
grant execute on function protector.pty_unprotect_dephone(varchar) to role protector_support;
grant execute on function protector.pty_unprotect_dephone(varchar) to role protector_auditor;

-- protect deBirthDate
-- Width in bytes, for a clear value of n bytes: n
create or replace external function protector.pty_protect_debirthdate(varchar(max))
  returns varchar(max) stable
  lambda 'protector-redshift:Production'
  iam_role 'arn:aws:iam::123456789012:role/protector-redshift-caller';
revoke execute on function protector.pty_protect_debirthdate(varchar) from public;
grant execute on function protector.pty_protect_debirthdate(varchar) to role protector_loader;

-- check for deBirthDate: NULL, or the reason why the value is refused
create or replace external function protector.pty_check_debirthdate(varchar(max))
  returns varchar(max) stable
  lambda 'protector-redshift:Production'
  iam_role 'arn:aws:iam::123456789012:role/protector-redshift-caller'
  max_batch_rows 15610;
revoke execute on function protector.pty_check_debirthdate(varchar) from public;
grant execute on function protector.pty_check_debirthdate(varchar) to role protector_loader;

-- unprotect deBirthDate
create or replace external function protector.pty_unprotect_debirthdate(varchar(max))
  returns varchar(max) stable
  lambda 'protector-redshift:Production'
  iam_role 'arn:aws:iam::123456789012:role/protector-redshift-caller';
revoke execute on function protector.pty_unprotect_debirthdate(varchar) from public;
grant execute on function protector.pty_unprotect_debirthdate(varchar) to role protector_analyst;
grant execute on function protector.pty_unprotect_debirthdate(varchar) to role protector_auditor;

-- Shows deName as the policy lets each user see it. The column must have the type of val
create masking policy protector_dename if not exists
  with (val varchar(max))
  using (protector.pty_unprotect_dename(val));

-- Shows deEmail as the policy lets each user see it. The column must have the type of val
create masking policy protector_deemail if not exists
  with (val varchar(max))
  using (protector.pty_unprotect_deemail(val));

-- Shows deSSN as the policy lets each user see it. The column must have the type of val
create masking policy protector_dessn if not exists
  with (val varchar(max))
  using (protector.pty_unprotect_dessn(val));

-- Shows deCard as the policy lets each user see it. The column must have the type of val
create masking policy protector_decard if not exists
  with (val varchar(max))
  using (protector.pty_unprotect_decard(val));

-- Shows dePhone as the policy lets each user see it. The column must have the type of val
create masking policy protector_dephone if not exists
  with (val varchar(max))
  using (protector.pty_unprotect_dephone(val));

-- Shows deBirthDate as the policy lets each user see it. The column must have the type of val
create masking policy protector_debirthdate if not exists
  with (val varchar(max))
  using (protector.pty_unprotect_debirthdate(val));

-- Shows hr.people
create or replace view hr.people_clear as
select id,
  protector.pty_unprotect_dename(name) as name,
  protector.pty_unprotect_decard(card) as card,
  city
from hr.people;
grant select on hr.people_clear to role protector_analyst;
grant select on hr.people_clear to role protector_auditor;
