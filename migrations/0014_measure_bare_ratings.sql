-- Whether a 9 or a 10 stands alone, with neither factor nor comment, counts from now on (bare_ratings in domain/metric.h): a sign by which figures that
-- are made can be told from those that are earned.
--
-- Every response counts with one value more, so all are measured anew. Daemons of an earlier version would measure them without it: they must have
-- been stopped.

do $$
declare
  tenant uuid;
begin
  for tenant in select tenant_id from tenants loop
    perform set_config('xlad.tenant', tenant::text, true);
    insert into queue (tenant_id, ref, ticket) select distinct tenant_id, ref, false from responses where tenant_id = tenant;
  end loop;
  perform set_config('xlad.tenant', '', true);
end
$$;
