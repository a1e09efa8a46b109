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
    insert into queue (tenant_id, ref, ticket) select distinct r.tenant_id, r.ref, false from responses r
      where r.tenant_id = tenant and not exists (select from queue q where q.tenant_id = tenant and q.ref = r.ref);
  end loop;
  perform set_config('xlad.tenant', '', true);
end
$$;
