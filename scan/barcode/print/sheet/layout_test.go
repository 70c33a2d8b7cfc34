package sheet

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A name is set in one line where it is not much smaller so, and else in two.
func TestFit(t *testing.T) {
	_, regular, err := loadFaces(nil)
	if err != nil {
		t.Fatal(err)
	}
	s := setter{faces: regular}
	type set struct {
		lines int
		size  float64
	}
	got, want := map[string]set{}, map[string]set{
		"":                      {0, 0},
		"Café":                  {1, 9},
		"Corner Café and Sons":  {1, 8.5},
		"Riverside Books & Tea": {1, 8.5},
		"The Old Riverside Bookshop of Little Hampton": {2, 7},
	}
	for text := range want {
		b, err := s.fit("Merchant", text, style{9, 4.5, 2})
		if err != nil {
			t.Fatal(err)
		}
		got[text] = set{len(b.lines), b.size}
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(set{})); diff != "" {
		t.Errorf("lines and sizes (-want +got):\n%s", diff)
	}
}
