-- Snowflake: external functions of the policy PEOPLE. Run it as ACCOUNTADMIN, or with CREATE INTEGRATION, CREATE ROLE
-- and ownership of the schema. Grant each role to the users who have the role of this name in the policy. These grants decide
-- who may ask; the policy decides what each user gets.
--
-- Once, after CREATE API INTEGRATION: DESCRIBE INTEGRATION shows API_AWS_IAM_USER_ARN and API_AWS_EXTERNAL_ID. Put both into this
-- trust policy of arn:aws:iam::123456789012:role/protector-snowflake-caller, or into the configuration of the deployment that creates the role:
-- {
--   "Version": "2012-10-17",
--   "Statement": [
--     {
--       "Effect": "Allow",
--       "Principal": {
--         "AWS": "<API_AWS_IAM_USER_ARN>"
--       },
--       "Action": "sts:AssumeRole",
--       "Condition": {
--         "StringEquals": {
--           "sts:ExternalId": "<API_AWS_EXTERNAL_ID>"
--         }
--       }
--     }
--   ]
-- }
-- The script never replaces the integration: CREATE OR REPLACE would give it another external id, which the role does not
-- trust. Change it by ALTER.

-- API integration
create api integration if not exists protector
  api_provider = aws_api_gateway
  api_aws_role_arn = 'arn:aws:iam::123456789012:role/protector-snowflake-caller'
  api_allowed_prefixes = ('https://abc123.execute-api.eu-west-1.amazonaws.com/prod/snowflake')
  enabled = true;
describe integration protector;

-- Roles
create role if not exists protector_loader;
create role if not exists protector_analyst;
create role if not exists protector_support;
create role if not exists protector_auditor;

-- Schema
create schema if not exists crm.protector;
grant usage on database crm to role protector_loader;
grant usage on schema crm.protector to role protector_loader;
grant usage on database crm to role protector_analyst;
grant usage on schema crm.protector to role protector_analyst;
grant usage on database crm to role protector_support;
grant usage on schema crm.protector to role protector_support;
grant usage on database crm to role protector_auditor;
grant usage on schema crm.protector to role protector_auditor;

-- protect deName
-- Width in characters, for a clear value of n characters: n
create or replace secure external function crm.protector.pty_protect_deName(val varchar)
  returns varchar null immutable
  comment = 'protect deName'
  api_integration = protector
  headers = ('X-Protegrity-HCoP-Rules' = '{"jsonpaths":[{"op_type":"PROTECT","data_element":"deName"}]}')
  context_headers = (current_user, current_timestamp, current_account)
  as 'https://abc123.execute-api.eu-west-1.amazonaws.com/prod/snowflake';
revoke usage on function crm.protector.pty_protect_deName(varchar) from role public;
grant usage on function crm.protector.pty_protect_deName(varchar) to role protector_loader;

-- check for deName: NULL, or the reason why the value is refused
create or replace secure external function crm.protector.pty_check_deName(val varchar)
  returns varchar null immutable
  comment = 'check for deName: NULL, or the reason why the value is refused'
  api_integration = protector
  headers = ('X-Protegrity-HCoP-Rules' = '{"jsonpaths":[{"op_type":"CHECK","data_element":"deName"}]}')
  context_headers = (current_user, current_timestamp, current_account)
  as 'https://abc123.execute-api.eu-west-1.amazonaws.com/prod/snowflake';
revoke usage on function crm.protector.pty_check_deName(varchar) from role public;
grant usage on function crm.protector.pty_check_deName(varchar) to role protector_loader;

-- unprotect deName
create or replace secure external function crm.protector.pty_unprotect_deName(val varchar)
  returns varchar null immutable
  comment = 'unprotect deName'
  api_integration = protector
  headers = ('X-Protegrity-HCoP-Rules' = '{"jsonpaths":[{"op_type":"UNPROTECT","data_element":"deName"}]}')
  context_headers = (current_user, current_timestamp, current_account)
  as 'https://abc123.execute-api.eu-west-1.amazonaws.com/prod/snowflake';
revoke usage on function crm.protector.pty_unprotect_deName(varchar) from role public;
grant usage on function crm.protector.pty_unprotect_deName(varchar) to role protector_analyst;
grant usage on function crm.protector.pty_unprotect_deName(varchar) to role protector_support;
grant usage on function crm.protector.pty_unprotect_deName(varchar) to role protector_auditor;

-- protect deEmail
-- Width in characters, for a clear value of n characters: n + 3, at most 259
create or replace secure external function crm.protector.pty_protect_deEmail(val varchar)
  returns varchar null immutable
  comment = 'protect deEmail'
  api_integration = protector
  headers = ('X-Protegrity-HCoP-Rules' = '{"jsonpaths":[{"op_type":"PROTECT","data_element":"deEmail"}]}')
  context_headers = (current_user, current_timestamp, current_account)
  as 'https://abc123.execute-api.eu-west-1.amazonaws.com/prod/snowflake';
revoke usage on function crm.protector.pty_protect_deEmail(varchar) from role public;
grant usage on function crm.protector.pty_protect_deEmail(varchar) to role protector_loader;

-- check for deEmail: NULL, or the reason why the value is refused
create or replace secure external function crm.protector.pty_check_deEmail(val varchar)
  returns varchar null immutable
  comment = 'check for deEmail: NULL, or the reason why the value is refused'
  api_integration = protector
  headers = ('X-Protegrity-HCoP-Rules' = '{"jsonpaths":[{"op_type":"CHECK","data_element":"deEmail"}]}')
  context_headers = (current_user, current_timestamp, current_account)
  as 'https://abc123.execute-api.eu-west-1.amazonaws.com/prod/snowflake';
revoke usage on function crm.protector.pty_check_deEmail(varchar) from role public;
grant usage on function crm.protector.pty_check_deEmail(varchar) to role protector_loader;

-- unprotect deEmail
create or replace secure external function crm.protector.pty_unprotect_deEmail(val varchar)
  returns varchar null immutable
  comment = 'unprotect deEmail'
  api_integration = protector
  headers = ('X-Protegrity-HCoP-Rules' = '{"jsonpaths":[{"op_type":"UNPROTECT","data_element":"deEmail"}]}')
  context_headers = (current_user, current_timestamp, current_account)
  as 'https://abc123.execute-api.eu-west-1.amazonaws.com/prod/snowflake';
revoke usage on function crm.protector.pty_unprotect_deEmail(varchar) from role public;
grant usage on function crm.protector.pty_unprotect_deEmail(varchar) to role protector_analyst;
grant usage on function crm.protector.pty_unprotect_deEmail(varchar) to role protector_support;
grant usage on function crm.protector.pty_unprotect_deEmail(varchar) to role protector_auditor;

-- protect deSSN
-- Width in characters, for a clear value of n characters: n
create or replace secure external function crm.protector.pty_protect_deSSN(val varchar)
  returns varchar null immutable
  comment = 'protect deSSN'
  api_integration = protector
  headers = ('X-Protegrity-HCoP-Rules' = '{"jsonpaths":[{"op_type":"PROTECT","data_element":"deSSN"}]}')
  context_headers = (current_user, current_timestamp, current_account)
  as 'https://abc123.execute-api.eu-west-1.amazonaws.com/prod/snowflake';
revoke usage on function crm.protector.pty_protect_deSSN(varchar) from role public;
grant usage on function crm.protector.pty_protect_deSSN(varchar) to role protector_loader;

-- check for deSSN: NULL, or the reason why the value is refused
create or replace secure external function crm.protector.pty_check_deSSN(val varchar)
  returns varchar null immutable
  comment = 'check for deSSN: NULL, or the reason why the value is refused'
  api_integration = protector
  headers = ('X-Protegrity-HCoP-Rules' = '{"jsonpaths":[{"op_type":"CHECK","data_element":"deSSN"}]}')
  context_headers = (current_user, current_timestamp, current_account)
  as 'https://abc123.execute-api.eu-west-1.amazonaws.com/prod/snowflake';
revoke usage on function crm.protector.pty_check_deSSN(varchar) from role public;
grant usage on function crm.protector.pty_check_deSSN(varchar) to role protector_loader;

-- unprotect deSSN
create or replace secure external function crm.protector.pty_unprotect_deSSN(val varchar)
  returns varchar null immutable
  comment = 'unprotect deSSN'
  api_integration = protector
  headers = ('X-Protegrity-HCoP-Rules' = '{"jsonpaths":[{"op_type":"UNPROTECT","data_element":"deSSN"}]}')
  context_headers = (current_user, current_timestamp, current_account)
  as 'https://abc123.execute-api.eu-west-1.amazonaws.com/prod/snowflake';
revoke usage on function crm.protector.pty_unprotect_deSSN(varchar) from role public;
grant usage on function crm.protector.pty_unprotect_deSSN(varchar) to role protector_analyst;
grant usage on function crm.protector.pty_unprotect_deSSN(varchar) to role protector_auditor;

-- protect deCard
-- Width in characters, for a clear value of n characters: n
create or replace secure external function crm.protector.pty_protect_deCard(val varchar)
  returns varchar null immutable
  comment = 'protect deCard'
  api_integration = protector
  headers = ('X-Protegrity-HCoP-Rules' = '{"jsonpaths":[{"op_type":"PROTECT","data_element":"deCard"}]}')
  context_headers = (current_user, current_timestamp, current_account)
  as 'https://abc123.execute-api.eu-west-1.amazonaws.com/prod/snowflake';
revoke usage on function crm.protector.pty_protect_deCard(varchar) from role public;
grant usage on function crm.protector.pty_protect_deCard(varchar) to role protector_loader;

-- check for deCard: NULL, or the reason why the value is refused
create or replace secure external function crm.protector.pty_check_deCard(val varchar)
  returns varchar null immutable
  comment = 'check for deCard: NULL, or the reason why the value is refused'
  api_integration = protector
  headers = ('X-Protegrity-HCoP-Rules' = '{"jsonpaths":[{"op_type":"CHECK","data_element":"deCard"}]}')
  context_headers = (current_user, current_timestamp, current_account)
  as 'https://abc123.execute-api.eu-west-1.amazonaws.com/prod/snowflake';
revoke usage on function crm.protector.pty_check_deCard(varchar) from role public;
grant usage on function crm.protector.pty_check_deCard(varchar) to role protector_loader;

-- unprotect deCard
create or replace secure external function crm.protector.pty_unprotect_deCard(val varchar)
  returns varchar null immutable
  comment = 'unprotect deCard'
  api_integration = protector
  headers = ('X-Protegrity-HCoP-Rules' = '{"jsonpaths":[{"op_type":"UNPROTECT","data_element":"deCard"}]}')
  context_headers = (current_user, current_timestamp, current_account)
  as 'https://abc123.execute-api.eu-west-1.amazonaws.com/prod/snowflake';
revoke usage on function crm.protector.pty_unprotect_deCard(varchar) from role public;
grant usage on function crm.protector.pty_unprotect_deCard(varchar) to role protector_analyst;
grant usage on function crm.protector.pty_unprotect_deCard(varchar) to role protector_auditor;

-- protect dePhone
-- Width in characters, for a clear value of n characters: n
create or replace secure external function crm.protector.pty_protect_dePhone(val varchar)
  returns varchar null immutable
  comment = 'protect dePhone'
  api_integration = protector
  headers = ('X-Protegrity-HCoP-Rules' = '{"jsonpaths":[{"op_type":"PROTECT","data_element":"dePhone"}]}')
  context_headers = (current_user, current_timestamp, current_account)
  as 'https://abc123.execute-api.eu-west-1.amazonaws.com/prod/snowflake';
revoke usage on function crm.protector.pty_protect_dePhone(varchar) from role public;
grant usage on function crm.protector.pty_protect_dePhone(varchar) to role protector_loader;

-- check for dePhone: NULL, or the reason why the value is refused
create or replace secure external function crm.protector.pty_check_dePhone(val varchar)
  returns varchar null immutable
  comment = 'check for dePhone: NULL, or the reason why the value is refused'
  api_integration = protector
  headers = ('X-Protegrity-HCoP-Rules' = '{"jsonpaths":[{"op_type":"CHECK","data_element":"dePhone"}]}')
  context_headers = (current_user, current_timestamp, current_account)
  as 'https://abc123.execute-api.eu-west-1.amazonaws.com/prod/snowflake';
revoke usage on function crm.protector.pty_check_dePhone(varchar) from role public;
grant usage on function crm.protector.pty_check_dePhone(varchar) to role protector_loader;

-- unprotect dePhone
create or replace secure external function crm.protector.pty_unprotect_dePhone(val varchar)
  returns varchar null immutable
  comment = 'unprotect dePhone'
  api_integration = protector
  headers = ('X-Protegrity-HCoP-Rules' = '{"jsonpaths":[{"op_type":"UNPROTECT","data_element":"dePhone"}]}')
  context_headers = (current_user, current_timestamp, current_account)
  as 'https://abc123.execute-api.eu-west-1.amazonaws.com/prod/snowflake';
revoke usage on function crm.protector.pty_unprotect_dePhone(varchar) from role public;
grant usage on function crm.protector.pty_unprotect_dePhone(varchar) to role protector_analyst;
grant usage on function crm.protector.pty_unprotect_dePhone(varchar) to role protector_support;
grant usage on function crm.protector.pty_unprotect_dePhone(varchar) to role protector_auditor;

-- protect deBirthDate
-- Width in characters, for a clear value of n characters: n
create or replace secure external function crm.protector.pty_protect_deBirthDate(val varchar)
  returns varchar null immutable
  comment = 'protect deBirthDate'
  api_integration = protector
  headers = ('X-Protegrity-HCoP-Rules' = '{"jsonpaths":[{"op_type":"PROTECT","data_element":"deBirthDate"}]}')
  context_headers = (current_user, current_timestamp, current_account)
  as 'https://abc123.execute-api.eu-west-1.amazonaws.com/prod/snowflake';
revoke usage on function crm.protector.pty_protect_deBirthDate(varchar) from role public;
grant usage on function crm.protector.pty_protect_deBirthDate(varchar) to role protector_loader;

-- check for deBirthDate: NULL, or the reason why the value is refused
create or replace secure external function crm.protector.pty_check_deBirthDate(val varchar)
  returns varchar null immutable
  comment = 'check for deBirthDate: NULL, or the reason why the value is refused'
  api_integration = protector
  headers = ('X-Protegrity-HCoP-Rules' = '{"jsonpaths":[{"op_type":"CHECK","data_element":"deBirthDate"}]}')
  context_headers = (current_user, current_timestamp, current_account)
  as 'https://abc123.execute-api.eu-west-1.amazonaws.com/prod/snowflake';
revoke usage on function crm.protector.pty_check_deBirthDate(varchar) from role public;
grant usage on function crm.protector.pty_check_deBirthDate(varchar) to role protector_loader;

-- unprotect deBirthDate
create or replace secure external function crm.protector.pty_unprotect_deBirthDate(val varchar)
  returns varchar null immutable
  comment = 'unprotect deBirthDate'
  api_integration = protector
  headers = ('X-Protegrity-HCoP-Rules' = '{"jsonpaths":[{"op_type":"UNPROTECT","data_element":"deBirthDate"}]}')
  context_headers = (current_user, current_timestamp, current_account)
  as 'https://abc123.execute-api.eu-west-1.amazonaws.com/prod/snowflake';
revoke usage on function crm.protector.pty_unprotect_deBirthDate(varchar) from role public;
grant usage on function crm.protector.pty_unprotect_deBirthDate(varchar) to role protector_analyst;
grant usage on function crm.protector.pty_unprotect_deBirthDate(varchar) to role protector_auditor;

-- Shows deName as the policy lets each user see it, and its tokens to everyone else
create masking policy if not exists crm.protector.protector_deName as (val varchar) returns varchar -> val;
alter masking policy crm.protector.protector_deName set body -> case
    when is_role_in_session('PROTECTOR_ANALYST')
      or is_role_in_session('PROTECTOR_SUPPORT')
      or is_role_in_session('PROTECTOR_AUDITOR')
    then crm.protector.pty_unprotect_deName(val)
    else val
  end;

-- Shows deEmail as the policy lets each user see it, and its tokens to everyone else
create masking policy if not exists crm.protector.protector_deEmail as (val varchar) returns varchar -> val;
alter masking policy crm.protector.protector_deEmail set body -> case
    when is_role_in_session('PROTECTOR_ANALYST')
      or is_role_in_session('PROTECTOR_SUPPORT')
      or is_role_in_session('PROTECTOR_AUDITOR')
    then crm.protector.pty_unprotect_deEmail(val)
    else val
  end;

-- Shows deSSN as the policy lets each user see it, and its tokens to everyone else
create masking policy if not exists crm.protector.protector_deSSN as (val varchar) returns varchar -> val;
alter masking policy crm.protector.protector_deSSN set body -> case
    when is_role_in_session('PROTECTOR_ANALYST')
      or is_role_in_session('PROTECTOR_AUDITOR')
    then crm.protector.pty_unprotect_deSSN(val)
    else val
  end;

-- Shows deCard as the policy lets each user see it, and its tokens to everyone else
create masking policy if not exists crm.protector.protector_deCard as (val varchar) returns varchar -> val;
alter masking policy crm.protector.protector_deCard set body -> case
    when is_role_in_session('PROTECTOR_ANALYST')
      or is_role_in_session('PROTECTOR_AUDITOR')
    then crm.protector.pty_unprotect_deCard(val)
    else val
  end;

-- Shows dePhone as the policy lets each user see it, and its tokens to everyone else
create masking policy if not exists crm.protector.protector_dePhone as (val varchar) returns varchar -> val;
alter masking policy crm.protector.protector_dePhone set body -> case
    when is_role_in_session('PROTECTOR_ANALYST')
      or is_role_in_session('PROTECTOR_SUPPORT')
      or is_role_in_session('PROTECTOR_AUDITOR')
    then crm.protector.pty_unprotect_dePhone(val)
    else val
  end;

-- Shows deBirthDate as the policy lets each user see it, and its tokens to everyone else
create masking policy if not exists crm.protector.protector_deBirthDate as (val varchar) returns varchar -> val;
alter masking policy crm.protector.protector_deBirthDate set body -> case
    when is_role_in_session('PROTECTOR_ANALYST')
      or is_role_in_session('PROTECTOR_AUDITOR')
    then crm.protector.pty_unprotect_deBirthDate(val)
    else val
  end;

-- crm.public.people.name holds deName
alter table crm.public.people modify column name
  set masking policy crm.protector.protector_deName;

-- crm.public.people.email holds deEmail
alter table crm.public.people modify column email
  set masking policy crm.protector.protector_deEmail;

-- crm.public.people.ssn holds deSSN
alter table crm.public.people modify column ssn
  set masking policy crm.protector.protector_deSSN;

-- crm.public.people.card holds deCard
alter table crm.public.people modify column card
  set masking policy crm.protector.protector_deCard;
