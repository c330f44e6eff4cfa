# sales_kpi: sales-effectiveness KPIs inside PostgreSQL
#
#   make, make install, make installcheck   the PGXS way; PG_CONFIG chooses the server
#   make demo                               from a fresh machine to a scorecard
#   make psql                               psql in the demo database
#   make test                               every test, in a private cluster
#   make test-versions                      every test with PostgreSQL 15, 17 and 18, in chroots of Debian, and pg_upgrade
#   make test-assert, test-sanitize         every test with a PostgreSQL built to check itself, or with sanitizers
#   make test-valgrind                      tests of what is in C with a PostgreSQL under valgrind
#   make fuzz                               a million damaged states
#   make fuzz-guided                        twenty minutes of states by libFuzzer
#   make bench                              what is measured, in a private cluster; SCALE=1 for ten times the rows
#   make clean                              away with all that was made, the demo included

EXTENSION = sales_kpi
EXTVERSION = $(shell sed -n "s/^default_version = '\(.*\)'/\1/p" sales_kpi.control)
MODULE_big = sales_kpi

# One file a line, in the order in which they are linked and installed.
OBJS = \
	src/sales_kpi.o \
	src/state_text.o \
	src/duration_summary.o \
	src/duration_summary_io.o \
	src/duration_sort.o \
	src/duration_agg.o \
	src/duration_accessors.o \
	src/periods.o \
	src/business_calendar.o \
	src/business_calendar_in.o \
	src/business_calendar_out.o \
	src/business_time.o \
	src/wilson.o \
	src/win_rate.o \
	src/nps.o \
	src/productivity.o \
	src/binomial.o \
	src/slope.o \
	src/series.o \
	src/trend.o \
	src/sparkline.o \
	src/keyed_store.o \
	src/running_store.o \
	src/keyed_store_io.o \
	src/money.o \
	src/boundaries.o \
	src/asked_period.o \
	src/customer_history.o \
	src/customer_agg.o \
	src/churn.o \
	src/revenue_movement.o \
	src/retention.o \
	src/share_bounds.o \
	src/survival.o \
	src/win_summary.o \
	src/win_curve_agg.o \
	src/win_curve.o \
	src/family.o \
	src/purchase_history.o \
	src/purchase_agg.o \
	src/upsell.o \
	src/new_customers.o \
	src/acquisition_summary.o \
	src/acquisition_agg.o \
	src/sale_kind.o \
	src/revenue_growth.o \
	src/revenue_series.o \
	src/revenue_agg.o \
	src/revenue.o \
	src/mix_rate_split.o \
	src/demo.o

FUNCTION_PARTS = \
	sql/schema.sql \
	sql/functions/duration_summary.sql \
	sql/functions/duration_agg.sql \
	sql/functions/cycle_length.sql \
	sql/functions/lead_response_time.sql \
	sql/functions/periods.sql \
	sql/functions/business_calendar.sql \
	sql/functions/business_time.sql \
	sql/functions/wilson.sql \
	sql/functions/money.sql \
	sql/functions/win_rate.sql \
	sql/functions/nps.sql \
	sql/functions/productivity.sql \
	sql/functions/binomial.sql \
	sql/functions/series.sql \
	sql/functions/trend.sql \
	sql/functions/sparkline.sql \
	sql/functions/customer_history.sql \
	sql/functions/customer_agg.sql \
	sql/functions/purchase_history.sql \
	sql/functions/purchase_agg.sql \
	sql/functions/upsell.sql \
	sql/functions/new_customers.sql \
	sql/functions/churn.sql \
	sql/functions/revenue_movement.sql \
	sql/functions/retention.sql \
	sql/functions/survival.sql \
	sql/functions/win_summary.sql \
	sql/functions/win_curve_agg.sql \
	sql/functions/win_curve.sql \
	sql/functions/acquisition_summary.sql \
	sql/functions/acquisition_agg.sql \
	sql/functions/sale_kind.sql \
	sql/functions/revenue_growth.sql \
	sql/functions/revenue_series.sql \
	sql/functions/revenue_agg.sql \
	sql/functions/revenue.sql \
	sql/functions/mix_rate_split.sql \
	sql/functions/demo.sql

BASE_VIEWS = \
	sql/base/rep.sql \
	sql/base/rep_name.sql \
	sql/base/product.sql \
	sql/base/customer.sql \
	sql/base/contact.sql \
	sql/base/touch.sql \
	sql/base/first_touch.sql \
	sql/base/deal.sql \
	sql/base/deal_by_id.sql \
	sql/base/deal_outcome.sql \
	sql/base/expected_close.sql \
	sql/base/lead.sql \
	sql/base/lead_temperature.sql \
	sql/base/lead_warming.sql \
	sql/base/deal_stage.sql \
	sql/base/stage.sql \
	sql/base/deal_progress.sql \
	sql/base/stage_visit.sql \
	sql/base/stage_time.sql \
	sql/base/stage_contact.sql \
	sql/base/sale.sql \
	sql/base/subscription.sql \
	sql/base/paid_span.sql \
	sql/base/active_span.sql \
	sql/base/won_90d.sql \
	sql/base/won_customer.sql \
	sql/base/spend.sql \
	sql/base/first_purchase.sql \
	sql/base/purchase.sql \
	sql/base/holding.sql \
	sql/base/revenue.sql \
	sql/base/driver_fact.sql \
	sql/base/acquisition_fact.sql \
	sql/base/four_p_fact.sql \
	sql/base/productivity_fact.sql \
	sql/base/rep_member.sql \
	sql/base/feedback.sql \
	sql/base/won_answer.sql \
	sql/base/cycle_fact.sql \
	sql/base/goal.sql \
	sql/base/goal_span.sql

KPI_VIEWS = \
	sql/views/cycle_length.sql \
	sql/views/win_curve.sql \
	sql/views/cycle_outcome.sql \
	sql/views/stage_length.sql \
	sql/views/win_rate.sql \
	sql/views/pipeline_velocity.sql \
	sql/views/timeline.sql \
	sql/views/funnel.sql \
	sql/views/lead_response.sql \
	sql/views/lead_warming.sql \
	sql/views/acquisition.sql \
	sql/views/churn.sql \
	sql/views/churn_watch.sql \
	sql/views/revenue_movement.sql \
	sql/views/retention_cohort.sql \
	sql/views/survival.sql \
	sql/views/sales_volume.sql \
	sql/views/sales_mix.sql \
	sql/views/upsell.sql \
	sql/views/sale_line.sql \
	sql/views/bought_after.sql \
	sql/views/upsell_candidate.sql \
	sql/views/revenue_growth.sql \
	sql/views/change_drivers.sql \
	sql/views/goal_attainment.sql \
	sql/views/contact_frequency.sql \
	sql/views/feedback.sql \
	sql/views/four_p.sql \
	sql/views/productivity.sql \
	sql/views/call_to_action.sql \
	sql/views/data_quality.sql \
	sql/views/kpi.sql \
	sql/views/setting.sql \
	sql/views/scorecard.sql

MODEL_PARTS = \
	sql/model/contract.sql \
	sql/model/dimensions.sql \
	sql/model/measures.sql \
	sql/model/checks.sql \
	sql/model/sources.sql \
	sql/model/render.sql \
	sql/model/own_dimensions.sql \
	sql/model/base.sql \
	sql/model/views.sql \
	sql/model/goals.sql \
	sql/model/settings.sql \
	sql/model/make_model.sql \
	sql/model/statistics.sql \
	sql/model/owner.sql \
	sql/model/create_model.sql \
	sql/model/grant_read.sql \
	sql/model/explain.sql \
	sql/model/demo.sql \
	sql/model/demo_company.sql \
	sql/model/demo_pipeline.sql \
	sql/model/demo_revenue.sql \
	sql/model/demo_contact.sql \
	sql/model/demo_plan.sql \
	sql/model/demo_dirt.sql \
	sql/grants.sql

SCRIPT = $(EXTENSION)--$(EXTVERSION).sql
DATA_built = $(SCRIPT)
DATA = $(wildcard sql/upgrade/$(EXTENSION)--*--*.sql)
EXTRA_CLEAN = build

REGRESS = $(patsubst test/sql/%.sql,%,$(sort $(wildcard test/sql/*.sql)))
REGRESS_OPTS = --inputdir=test --encoding=UTF8
ISOLATION = $(patsubst test/specs/%.spec,%,$(sort $(wildcard test/specs/*.spec)))
ISOLATION_OPTS = --inputdir=test --outputdir=. --load-extension=$(EXTENSION)

PG_CONFIG ?= pg_config
PGXS := $(shell $(PG_CONFIG) --pgxs 2>/dev/null)

# `make demo` and `make test` install what building needs: they work before PGXS is there.
ifneq ($(wildcard $(PGXS)),)
# A warning about what a macro of the server expands to is not about this code.
PG_CPPFLAGS = -isystem $(shell $(PG_CONFIG) --includedir-server)
include $(PGXS)
else
all install installcheck:
	@echo 'error: $(PG_CONFIG) knows no PGXS, which builds extensions' >&2
	@echo 'hint: install the server development files (postgresql-server-dev-*), name another with PG_CONFIG=, or let make demo do it' >&2
	@exit 1
clean:
	rm -rf $(OBJS) $(MODULE_big).so $(SCRIPT) $(EXTRA_CLEAN)
endif

$(OBJS): $(wildcard src/*.h) Makefile

$(SCRIPT): $(FUNCTION_PARTS) $(MODEL_PARTS) $(BASE_VIEWS) $(KPI_VIEWS) tools/wrap_views Makefile
	{ cat $(FUNCTION_PARTS) && tools/wrap_views $(BASE_VIEWS) $(KPI_VIEWS) && cat $(MODEL_PARTS); } > $@

demo:
	@tools/demo

psql:
	@tools/demo --psql

test:
	@tools/test

test-versions:
	@tools/test_versions

test-assert test-sanitize test-valgrind:
	@tools/instrumented $(@:test-%=%)

fuzz:
	@tools/fuzz

fuzz-guided:
	@tools/fuzz_guided

bench:
	@bench/run

forget-demo:
	@tools/demo --clean

clean: forget-demo

.DELETE_ON_ERROR:
.PHONY: all install installcheck clean demo psql test test-versions test-assert test-sanitize test-valgrind fuzz fuzz-guided bench forget-demo
