package order

// PageKind says which of the specification's pages a [Page] is.
type PageKind string

const (
	PageDirect PageKind = "direct" // pays the merchant directly
	PageShop   PageKind = "shop"   // displays the merchant's merchandise
	PageReview PageKind = "review" // the order information page: what was chosen, and its total
)

// Page is a merchant page as data. The same address gives a browser HTML and a
// program this.
type Page struct {
	Kind         PageKind `json:"kind"`
	Merchant     string   `json:"merchant"`       // identifier at the acquirer
	MerchantName string   `json:"merchant_name"`  // for people
	Note         string   `json:"note,omitempty"` // of the merchant, about what is paid; one line
	Revision     string   `json:"revision"`       // changes whenever goods, prices or amount do
	Currency     string   `json:"currency"`       // ISO 4217; every amount on the page is in it
	Goods        []Item   `json:"goods,omitempty"`
	Lines        []Line   `json:"lines,omitempty"`
	// Total is what will be paid: fixed on a direct page, the sum on a review
	// page. It is zero where the payer enters the amount or still chooses.
	Total Money `json:"total,omitzero"`
	// Max is the most that a payer may enter; zero where nothing is entered.
	Max Money `json:"max,omitzero"`
}

// Item is a piece of merchandise on a shop page.
type Item struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Price Money  `json:"price"` // for one piece
}

// Choice is how many pieces of an item a payer wants.
type Choice struct {
	Item     string `json:"item"`
	Quantity int64  `json:"quantity"`
}

// Line is a choice with what it costs, fixed when the order information page
// was made.
type Line struct {
	Item     string `json:"item"`
	Name     string `json:"name"`
	Quantity int64  `json:"quantity"`
	Price    Money  `json:"price"` // for one piece
}

// Sum is the total of lines. It fails when the currencies differ or the total
// is more than [MaxAmount].
func Sum(lines []Line) (Money, error) {
	var total Money
	for _, l := range lines {
		cost, err := l.Price.Times(l.Quantity)
		if err == nil {
			total, err = total.Add(cost)
		}
		if err != nil {
			return Money{}, err
		}
	}
	return total, nil
}
