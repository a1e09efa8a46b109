// The other peer: net/http and pgx, doing the same work with the same durability on the same tables.
// PEER_PORT, PEER_KEYS ("key=tenant", the first counts), PEER_SECRET (hex), PEER_POOL, PGHOST, PGUSER, PGDATABASE.
package main

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/jackc/pgx/v4/pgxpool"
)

// One durable transaction, as xlad's: the ticket is looked up and locked, its resolution found, the response stored once by resolution and respondent
// and by Idempotency-Key, and queued to be measured.
const write = `
with ticket as materialized (
  select ref, resolution_no, coalesce(resolved_at, closed_at) as settled_at from tickets where tenant_id = $1::uuid and ref = $3::text for share),
placed as (
  select t.ref, case when t.resolution_no = 0 then 0 when t.settled_at <= $9::timestamptz then t.resolution_no
    else coalesce((select max(r.no) from resolutions r where r.tenant_id = $1::uuid and r.ref = t.ref and r.resolved_at <= $9::timestamptz), 1)
    end as no from ticket t),
stored as (
  insert into responses (tenant_id, response_id, ref, resolution_no, respondent, happiness, lost_minutes, csat, comment, submitted_at,
    body_hash, idempotency_key)
  select $1::uuid, $2::uuid, ref, no, $4::bytea, $5::int2, $6::int4, $7::int2, $8::text, $9::timestamptz, $10::bytea, $11::text
  from placed on conflict do nothing returning ref, received_at),
queued as (insert into queue (tenant_id, ref, ticket) select $1::uuid, ref, false from stored returning ref)
select (select no from placed), (select received_at from stored)`

const stored = `
select response_id::text, body_hash = $5::bytea from responses
where tenant_id = $1::uuid and (idempotency_key = $2::text or (ref = $3::text and respondent = $4::bytea))
order by idempotency_key = $2::text desc limit 1`

type body struct {
	Ticket      string  `json:"ticket"`
	Respondent  string  `json:"respondent"`
	Happiness   *int16  `json:"happiness"`
	LostMinutes *int32  `json:"lost_minutes"`
	Csat        *int16  `json:"csat"`
	Ces         *int16  `json:"ces"`
	Nps         *int16  `json:"nps"`
	Comment     *string `json:"comment"`
	Language    *string `json:"language"`
}

type answer struct {
	ID          string    `json:"id"`
	Ticket      string    `json:"ticket"`
	Resolution  int32     `json:"resolution"`
	Respondent  string    `json:"respondent_id"`
	Happiness   *int16    `json:"happiness"`
	LostMinutes *int32    `json:"lost_minutes"`
	Csat        *int16    `json:"csat"`
	Comment     *string   `json:"comment"`
	SubmittedAt time.Time `json:"submitted_at"`
	ReceivedAt  time.Time `json:"received_at"`
}

type peer struct {
	pool    *pgxpool.Pool
	tenant  string
	keyHash [32]byte
	secret  []byte
}

func within(value *int16, least, most int16) bool {
	return value == nil || (*value >= least && *value <= most)
}

func valid(b *body) bool {
	return len(b.Ticket) >= 1 && len(b.Ticket) <= 128 && len(b.Respondent) <= 320 && within(b.Happiness, 0, 10) && within(b.Csat, 1, 5) &&
		within(b.Ces, 1, 7) && within(b.Nps, 0, 10) && (b.LostMinutes == nil || (*b.LostMinutes >= 0 && *b.LostMinutes <= 28800)) &&
		(b.Comment == nil || len(*b.Comment) <= 4000) && (b.Language == nil || len(*b.Language) <= 35)
}

// Time-ordered like xlad's, so that the primary key grows at its end for both.
func uuid7() string {
	var b [16]byte
	_, _ = rand.Read(b[6:])
	var now [8]byte
	binary.BigEndian.PutUint64(now[:], uint64(time.Now().UnixMilli()))
	copy(b[:6], now[2:])
	b[6] = 0x70 | b[6]&0x0f
	b[8] = 0x80 | b[8]&0x3f
	h := hex.EncodeToString(b[:])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

func (p *peer) allowed(r *http.Request) bool {
	hash := sha256.Sum256([]byte(strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")))
	return subtle.ConstantTimeCompare(hash[:], p.keyHash[:]) == 1
}

func refuse(w http.ResponseWriter, status int, title string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	fmt.Fprintf(w, `{"title":%q}`, title)
}

func (p *peer) post(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		refuse(w, 405, "method not allowed")
		return
	}
	if !p.allowed(r) {
		refuse(w, 401, "unauthorised")
		return
	}
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
	if err != nil {
		refuse(w, 413, "too large")
		return
	}
	var b body
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	if decoder.Decode(&b) != nil {
		refuse(w, 400, "not JSON")
		return
	}
	if !valid(&b) {
		refuse(w, 422, "wrong values")
		return
	}
	bodyHash := sha256.Sum256(raw)
	mac := hmac.New(sha256.New, p.secret)
	mac.Write([]byte(strings.ToLower(strings.TrimSpace(b.Respondent))))
	person := mac.Sum(nil)[:16]
	var key *string
	if given := r.Header.Get("Idempotency-Key"); given != "" {
		key = &given
	}
	id, now := uuid7(), time.Now().UTC()
	var resolution *int32
	var received *time.Time
	err = p.pool.QueryRow(r.Context(), write, p.tenant, id, b.Ticket, person, b.Happiness, b.LostMinutes, b.Csat, b.Comment, now, bodyHash[:], key).
		Scan(&resolution, &received)
	if err != nil {
		refuse(w, 503, "database")
		return
	}
	if resolution == nil {
		refuse(w, 422, "no such ticket")
		return
	}
	status := 201
	if received == nil {
		var same bool
		err = p.pool.QueryRow(r.Context(), stored, p.tenant, key, b.Ticket, person, bodyHash[:]).Scan(&id, &same)
		if err != nil || !same {
			refuse(w, 409, "already answered")
			return
		}
		status, received = 200, &now
	}
	out, _ := json.Marshal(answer{id, b.Ticket, *resolution, hex.EncodeToString(person), b.Happiness, b.LostMinutes, b.Csat, b.Comment, now, *received})
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Location", "/v1/responses/"+id)
	w.WriteHeader(status)
	_, _ = w.Write(out)
}

func (p *peer) ready(w http.ResponseWriter, r *http.Request) {
	if !p.allowed(r) {
		refuse(w, 401, "unauthorised")
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, `{"ready":true}`)
}

func main() {
	config, err := pgxpool.ParseConfig("pool_max_conns=" + os.Getenv("PEER_POOL") + " pool_min_conns=" + os.Getenv("PEER_POOL"))
	if err != nil {
		log.Fatal(err)
	}
	config.ConnConfig.RuntimeParams["plan_cache_mode"] = "force_generic_plan"
	config.ConnConfig.RuntimeParams["jit"] = "off"
	pool, err := pgxpool.ConnectConfig(context.Background(), config)
	if err != nil {
		log.Fatal(err)
	}
	secret, err := hex.DecodeString(os.Getenv("PEER_SECRET"))
	if err != nil {
		log.Fatal(err)
	}
	key, tenant, _ := strings.Cut(strings.Fields(os.Getenv("PEER_KEYS"))[0], "=")
	p := &peer{pool: pool, tenant: tenant, keyHash: sha256.Sum256([]byte(key)), secret: secret}
	http.HandleFunc("/v1/responses", p.post)
	http.HandleFunc("/readyz", p.ready)
	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Getenv("PEER_PORT"), nil))
}
