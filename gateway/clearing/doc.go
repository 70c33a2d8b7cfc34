// Package clearing is the second server of claim 1 of US 12,387,194 B2: the
// clearing institution with its unified payment gateway. It takes orders from
// acquirers, gives each a gateway address, instructs the terminal there which
// payment component to call, and decides, alone, that an order is paid.
//
// Who imports it: clearing institutions, and programs that try a whole payment
// out. Terminals and acquirers speak to it through package gateway and package
// order, over a transport or directly.
//
//	acquirer                     clearing.Server                     component → provider
//	  │ For(acquirer).Place ───────▶│ store, mint the gateway address   │
//	  │◀──────────────── address ───│                                   │
//	  │ Refund of a paid order ────▶│ rules, store; Run: Refund ───────▶│
//	  │ Issue, Revoke a code ──────▶│ rules, sign; log                  │
//	terminal                        │                                   │
//	  │ Open the address ──────────▶│ offers, Instruction               │
//	  │ Begin ─────────────────────▶│ record the attempt; then Begin ──▶│
//	  │◀───────────────── action ───│ record what it answered           │
//	  │ … come back: Resume ───────▶│ Resume ──────────────────────────▶│
//	  │                             │ Receive ◀─────────────────────────│ notification
//	  │                             │ Run: Query what is not known ────▶│
//	acquirer                        │ evidence: attempt, order, audit   │
//	  │◀── Notify, until it has it ─│ and notification in one commit    │
//	merchant                        │                                   │
//	  │◀── webhooks ────────────────│ likewise, see package webhook     │
//	acquirer                        │                                   │
//	  │◀── File of a day ───────────│ MatchStatement ◀──────────────────│ statement of a day
//	operator                        │                                   │
//	  │ Reviews, CloseReview ──────▶│ Run: Refund what is in excess ───▶│
//	                          (you are here)
//
// A [Directory] says who takes part, a component.Registry what can pay, [Keys]
// hold the secrets behind addresses. [New] makes a [Server] of them on a
// store; [Server.Run] does its background work.
//
// # Directory
//
// Acquirers do not trust each other, and come, change and leave while the
// gateway runs. A [Directory] is live, and has one source:
//
//	a list of the program ── NewDirectory, Directory.Replace ──┐  (all of it, or nothing)
//	configuration file ───── ReadDirectory, WatchDirectory ────┼─▶ Directory ─▶ Server, transports
//	store of many servers ── DirectoryStore: Put, Remove, Run ─┘  (entry by entry)
//
// A new directory takes the place of the old one at one moment, after every entry
// was checked: by itself, against the others, since a key and a host have one
// acquirer, and by each server on it, since a component that it names must be
// configured and each acquirer must have a notifier. Every problem is told with its
// path. A list of the program with a problem is refused, and the old directory stays.
//
// Of a file and of the store, an entry with a problem stays as it was, which is
// absent for a new one, and all others are taken over: one mistake holds back no
// other acquirer's revocation, and gives nobody a right that was not his. Where two
// claim a key or host, the one that had it keeps it, and of two that had it not
// neither gets it. A name that is not there any more is removed. What a call reads
// of the directory, it reads of one moment.
//
// An acquirer identifies itself by a signature ([Directory.Key]) or by its TLS
// client certificate ([Directory.TLSKeys]). Keys are in force for a time, so that
// a new one begins before the old one ends; a key that is not in force, or was
// removed, finds nobody. What it is told is signed with the secret that it shares
// with the clearing institution, if it has one ([Directory.KeysOf]), and acknowledged
// by its own keys alone. [Server.For] is bound to the name: each call looks the
// acquirer up again, and one that has left is [order.CodeUnauthenticated].
//
// A disabled acquirer begins nothing new, [order.CodeForbidden], and still asks
// and is told about what it began. A removed one can do nothing; what its orders
// were is kept, and its name is never given to another.
//
// # Files of days
//
// With [Keys.Files], an acquirer that has been paid gets a signed clearing file of
// each business day, by package reconcile. What pays an order is booked for its
// acquirer in the same transaction, and stands in the file of the day when that was:
// also where the provider took the money the day before. Money that is in excess is
// not owed to the acquirer and stands in no file of its. [FileOptions.Delay] after
// the cut-off, [Server.Run] makes the file, each once, whatever is stopped or started
// meanwhile, and the days that were missed one after the other; [Server.File] hands
// it over. [Server.MatchStatement] compares what a provider says of a day with the
// attempts of its component.
//
// # Refunds and reviews
//
// An acquirer asks for all of what an order was paid or a part to go back, once or in
// several refunds, under an ID of its own for each; together they never come to more than was
// paid, and one that failed counts for nothing. Each change of one is a new version
// of the order, of which the acquirer is notified when it ends, merchants by webhook. What
// was given back is booked for the clearing file of the day when that was decided.
//
// Money that an order does not take, of a second success, after the order's time, or
// of an attempt that had failed, goes back to its payer: the refund is recorded in
// the transaction that finds it owed. For either kind [Server.Run] asks the component, a
// component.Refunder, under the same number until the provider has decided. What the
// gateway cannot decide by itself is a [Review], for a person: a refund of money in excess that failed or
// that the component cannot make, a provider's word that does not fit, and one that
// contradicts what it said before. [Server.Reviews] has the open ones,
// [Server.CloseReview] closes one with a note; both steps stand in the order's history.
//
// # Errors
//
// Every method returns an *order.Error. [order.CodeUnavailable] means that
// nothing is known to be decided: ask again under the same key. Constructors
// return an *order.Error with [order.CodeInvalid] that tells every problem of
// the configuration at once.
//
// What belongs to another acquirer is [order.CodeNotFound], the same as what does
// not exist, and the try is recorded: see [Server.Denials].
//
// # Concurrency
//
// A Server is safe for concurrent use, and several may share a store. Reading a
// Directory takes no lock, however often it is replaced. What a component is
// asked, it is asked outside any transaction.
//
// # Security
//
// A clearing file is handed to whoever [Server.File] is asked for: a transport asks
// for the acquirer that it has identified.
//
// A gateway address and an attempt's return address end in an HMAC over the
// order or attempt and its purpose. Nothing of it is stored: a stolen database
// opens no address, and a secret that leaked is revoked by removing it.
//
// A shared secret of an acquirer stands in no file and in no table: the entry
// names the environment variable that holds it. The table of denials takes at
// most 100 rows of an acquirer in an hour, and a repeated try costs no write.
//
// A code is signed only for a merchant of the acquirer that asks, and only on a
// domain that the directory has for that merchant. What was signed, taken back
// and refused stands in a log that the database lets nobody change. Of refusals it
// takes at most 100 of an acquirer in an hour, with 256 bytes of the address and
// of the reason; what was issued and revoked is logged without a limit. A code that
// was revoked keeps a good signature: it is the acquirer's page that refuses it,
// and its short life that ends it.
//
// Only evidence pays, and only if it is about this attempt of this component
// over this amount, with a payment at the provider that no other attempt has.
// Whatever else comes is refused, audited and logged. A final state is never
// overwritten: money that an order does not take is marked in excess, and given
// back.
package clearing
