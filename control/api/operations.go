package api

import "net/http"

// operation is what openapi.json says of a route.
type operation struct {
	id, summary string
	query       []parameter
	bodies      map[string]schema // by media type; nil: none is read
	optional    bool              // the body may be left out
	answers     map[string]schema // of status 200, by media type
	refusals    []int             // status codes of "ERR, <what is wrong>"
}

// parameter is one of a request's query.
type parameter struct {
	name, text string
	schema     schema
}

// schema is a JSON Schema.
type schema map[string]any

var (
	textSchema   = schema{"type": "string"}
	numberSchema = schema{"type": "integer", "minimum": 1}
	truthSchema  = schema{"type": "string", "enum": []string{"true", "false"}}

	okAnswer    = map[string]schema{"text/plain": {"type": "string", "const": "OK\n"}}
	namesAnswer = map[string]schema{"application/json": ref("Names")}
	changeBody  = map[string]schema{"application/json": ref("Change")}

	userParameter = parameter{"user", "owner of the records; another user may not change them", textSchema}
)

// Status codes that calls of a kind may answer, beside 200.
var (
	readCodes   = []int{http.StatusBadRequest, http.StatusUnauthorized, http.StatusNotFound, http.StatusServiceUnavailable}
	changeCodes = []int{
		http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusConflict,
		http.StatusRequestEntityTooLarge, http.StatusServiceUnavailable,
	}
)

// What openapi.json says of the routes.
var (
	listOperation = operation{
		id: "list", summary: "All names, sorted as text; with zone, a zone as a master file", refusals: readCodes,
		query: []parameter{
			{"limit", "how many names at most", numberSchema},
			{"after", "names behind this one: the last of the page before", textSchema},
			{"type", "names with records of this type, and these alone", textSchema},
			{"prefix", "names that begin like this", textSchema},
			{"zone", "the apex of a zone to export", textSchema},
		},
		answers: map[string]schema{"application/json": ref("Names"), zoneType: textSchema},
	}
	manyOperation = operation{
		id: "changeMany", summary: "Make a list of changes, or import a zone: all of it or nothing", refusals: changeCodes,
		query: []parameter{
			userParameter,
			{"origin", "of a master file: what its names without the last dot are below", textSchema},
			{"replace", "of a master file: whether all else in the zone goes", truthSchema},
		},
		bodies:  map[string]schema{"application/json": ref("Changes"), zoneType: textSchema},
		answers: okAnswer,
	}
	showOperation = operation{
		id: "show", summary: "What a name has", refusals: readCodes, answers: namesAnswer,
		query: []parameter{{"svc", "whether to look among the services of Kubernetes too", truthSchema}},
	}
	addOperation = operation{
		id: "add", summary: "Add records", query: []parameter{userParameter}, bodies: changeBody, answers: okAnswer, refusals: changeCodes,
	}
	updateOperation = operation{
		id: "update", summary: "Give records other data", query: []parameter{userParameter}, bodies: changeBody, answers: okAnswer, refusals: changeCodes,
	}
	removeOperation = operation{
		id: "remove", summary: "Remove everything at a name, or what the body states",
		query: []parameter{userParameter}, bodies: changeBody, optional: true, answers: okAnswer, refusals: changeCodes,
	}
	statusOperation = operation{
		id: "status", summary: "Version, start, and the last errors of this control",
		answers: map[string]schema{"application/json": ref("Status")}, refusals: []int{http.StatusUnauthorized},
	}
	describeOperation = operation{
		id: "describe", summary: "This document",
		answers: map[string]schema{"application/json": {"type": "object"}}, refusals: []int{http.StatusUnauthorized},
	}
	healthOperation = operation{id: "health", summary: "Whether control runs", answers: okAnswer}
	readyOperation  = operation{
		id: "ready", summary: "Whether the first complete synchronisation is published",
		answers: okAnswer, refusals: []int{http.StatusServiceUnavailable},
	}
	metricsOperation = operation{
		id: "metrics", summary: "Metrics for Prometheus", answers: map[string]schema{"text/plain": textSchema},
	}
)
