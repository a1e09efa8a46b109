// The facts of the invented organisations: a company in Norway, and a smaller one that runs harbours in Australia day and night.
#include "command/demo_organisation.h"

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))
#define CHOICES_OF(list) \
  { list, COUNT_OF(list) }

// --- Norway

static const unsigned NORTHERN_WINTER[12] = {185, 170, 125, 90, 80, 75, 70, 75, 85, 100, 135, 180};
static const unsigned NEW_STARTERS[12] = {115, 95, 95, 90, 90, 95, 60, 190, 130, 100, 95, 80};

// vpn is the watermelon: its tickets are closed in time, and people suffer. erp is red inside and outside. workplace gets better.
static const struct demo_service DEMO_SERVICES[] = {
    {"workplace", 240, {"laptop", "docking", "software"}, "workplace", "tinde-it", 380, 900, 40, 80, 150, {640, 2}, {930, -1}, NULL, 0},
    {"mail", 140, {"mailbox", "calendar", "spam"}, "messaging", "in-house", 250, 945, 25, 60, 250, {950, -1}, {950, -1}, NULL, 0},
    {"identity",
     140,
     {"password", "access", "new-starter"},
     "service-desk",
     "in-house",
     520,
     970,
     15,
     40,
     550,
     {970, -2},
     {970, -2},
     NEW_STARTERS,
     0},
    {"vpn", 120, {"connection", "token", "speed"}, "network", "fjordnett", 60, 972, 150, 420, 80, {520, 4}, {520, 4}, NULL, 0},
    {"erp", 100, {"invoicing", "purchasing", "reports"}, "applications", "tinde-it", 300, 760, 60, 200, 60, {700, 1}, {700, 1}, NULL, 260},
    {"network", 90, {"wifi", "cable", "outage"}, "network", "fjordnett", 80, 900, 35, 160, 60, {850, 1}, {850, 1}, NORTHERN_WINTER, 0},
    {"printing", 75, {"paper-jam", "driver", "scanner"}, "workplace", "blekk-og-papir", 120, 930, 45, 140, 320, {860, 0}, {860, 0}, NULL, 150},
    {"collaboration", 55, {"meetings", "files", "rooms"}, "messaging", "in-house", 260, 940, 25, 70, 300, {930, -1}, {930, -1}, NULL, 0},
    {"telephony", 40, {"handset", "number", "queue"}, "network", "fjordnett", 340, 920, 20, 50, 120, {900, 0}, {900, 0}, NULL, 0},
};

static const struct demo_choice DEMO_CHANNELS[] = {
    {"portal", 380, 0}, {"phone", 270, 30}, {"email", 150, -70}, {"chat", 130, 20}, {"walk-in", 70, 80}};
static const struct demo_choice DEMO_LOCATIONS[] = {
    {"oslo", 420, 0}, {"bergen", 200, 10}, {"trondheim", 150, 20}, {"stavanger", 90, -60}, {"home-office", 140, -20}};
static const struct demo_choice DEMO_DEPARTMENTS[] = {{"operations", 330, 0}, {"sales", 240, -30},     {"engineering", 190, 10},
                                                      {"finance", 140, -10},  {"people-team", 60, 40}, {"management", 40, -40}};

static const struct demo_holiday DEMO_HOLIDAYS[] = {{1, 1, 1, 5},  {0, -3, 5, 7}, {5, 1, 1, 10},  {5, 17, 1, 5},
                                                    {0, 39, 1, 8}, {0, 50, 1, 8}, {12, 24, 3, 4}, {12, 27, 5, 30}};

// --- Australia

static const unsigned SOUTHERN_WINTER[12] = {70, 70, 80, 90, 120, 170, 190, 165, 120, 95, 80, 70};

// terminal-system is the watermelon. handhelds gets worse with the new devices.
static const struct demo_service HARBOUR_SERVICES[] = {
    {"terminal-system",
     220,
     {"berth-plan", "yard-map", "interface"},
     "terminal-it",
     "kestrel-systems",
     70,
     965,
     140,
     380,
     40,
     {500, 5},
     {500, 5},
     NULL,
     0},
    {"handhelds", 180, {"scanner", "battery", "pairing"}, "field-it", "tinde-it", 160, 910, 50, 120, 220, {920, -1}, {590, 3}, NULL, 0},
    {"identity", 130, {"password", "gate-card", "new-starter"}, "service-desk", "in-house", 560, 965, 15, 30, 520, {960, -2}, {960, -2}, NULL, 0},
    {"workplace", 130, {"laptop", "thin-client", "software"}, "field-it", "tinde-it", 340, 920, 35, 80, 180, {890, 0}, {890, 0}, NULL, 0},
    {"gate-kiosks", 100, {"reader", "barrier", "ticket-printer"}, "field-it", "kestrel-systems", 40, 800, 90, 260, 90, {720, 2}, {720, 2}, NULL, 0},
    {"mail", 80, {"mailbox", "calendar", "spam"}, "service-desk", "in-house", 260, 950, 20, 50, 260, {930, -1}, {930, -1}, NULL, 0},
    {"radio", 70, {"handset", "channel", "coverage"}, "field-it", "southnet", 110, 930, 30, 90, 110, {870, 0}, {870, 0}, NULL, 0},
    {"network", 60, {"wifi", "fibre", "outage"}, "terminal-it", "southnet", 60, 890, 40, 170, 50, {830, 1}, {830, 1}, SOUTHERN_WINTER, 0},
    {"payroll", 30, {"roster", "allowance", "payslip"}, "service-desk", "in-house", 420, 940, 25, 60, 200, {880, -1}, {880, -1}, NULL, 400},
};

static const struct demo_choice HARBOUR_CHANNELS[] = {
    {"phone", 470, 20}, {"portal", 210, 0}, {"walk-in", 150, 60}, {"email", 120, -60}, {"chat", 50, 10}};
static const struct demo_choice HARBOUR_LOCATIONS[] = {
    {"port-botany", 440, 0}, {"newcastle", 250, 20}, {"port-kembla", 190, -50}, {"head-office", 120, 10}};
static const struct demo_choice HARBOUR_DEPARTMENTS[] = {
    {"terminal", 430, -10}, {"marine", 190, 10}, {"landside", 210, -20}, {"maintenance", 90, 20}, {"finance", 80, 0}};

static const struct demo_holiday HARBOUR_HOLIDAYS[] = {{1, 1, 1, 30},  {1, 26, 1, 45},  {0, -2, 4, 40},
                                                       {4, 25, 1, 30}, {12, 25, 2, 15}, {12, 27, 5, 60}};

const struct demo_organisation DEMO_ORGANISATION[DEMO_ORGANISATIONS] = {
    {.slug = "demo",
     .name = "Demo organisation (invented data)",
     .time_zone = "Europe/Oslo",
     .currency = "EUR",
     .ref_prefix = "DEMO",
     .mail_domain = "demo.example",
     .share = 800,
     .change = 600,
     .cents_per_minute = 85,
     .calendar = {.clock = {60, {3, 0}, {10, 0}},
                  .hours = {2, 1, 1, 1, 2, 4, 12, 45, 110, 130, 115, 75, 85, 110, 95, 60, 26, 14, 10, 9, 8, 6, 4, 3},
                  .weekdays = {125, 108, 102, 98, 84, 10, 7},
                  .months = {112, 104, 100, 94, 94, 88, 52, 104, 112, 106, 104, 88},
                  .holidays = DEMO_HOLIDAYS,
                  .holidays_count = COUNT_OF(DEMO_HOLIDAYS),
                  .work_begins = 8,
                  .work_ends = 17},
     .services = DEMO_SERVICES,
     .services_count = COUNT_OF(DEMO_SERVICES),
     .channels = CHOICES_OF(DEMO_CHANNELS),
     .locations = CHOICES_OF(DEMO_LOCATIONS),
     .departments = CHOICES_OF(DEMO_DEPARTMENTS)},
    {.slug = "harbour",
     .name = "Harbour group (invented data)",
     .time_zone = "Australia/Sydney",
     .currency = "AUD",
     .ref_prefix = "HARBOUR",
     .mail_domain = "harbour.example",
     .share = 200,
     .change = 450,
     .cents_per_minute = 140,
     // Peaks where shifts change.
     .calendar = {.clock = {600, {10, 1}, {4, 1}},
                  .hours = {22, 18, 16, 18, 26, 60, 105, 80, 70, 66, 62, 56, 54, 80, 100, 64, 54, 48, 42, 36, 34, 48, 62, 30},
                  .weekdays = {112, 104, 102, 102, 100, 68, 56},
                  .months = {62, 98, 104, 100, 102, 104, 104, 102, 100, 102, 106, 92},
                  .holidays = HARBOUR_HOLIDAYS,
                  .holidays_count = COUNT_OF(HARBOUR_HOLIDAYS),
                  .work_begins = 6,
                  .work_ends = 22,
                  .works_weekends = true},
     .services = HARBOUR_SERVICES,
     .services_count = COUNT_OF(HARBOUR_SERVICES),
     .channels = CHOICES_OF(HARBOUR_CHANNELS),
     .locations = CHOICES_OF(HARBOUR_LOCATIONS),
     .departments = CHOICES_OF(HARBOUR_DEPARTMENTS)},
};
