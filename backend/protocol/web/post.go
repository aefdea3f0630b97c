package web

import (
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"portico/backend/problem"
	"portico/backend/protocol/wire"
	"portico/backend/vfs"
)

const (
	maxFields = 1000     // small fields of one form
	maxField  = 16 << 10 // bytes of one
	maxParts  = 10_000   // fields and files of one form
	maxFailed = 100      // refusals that are told one by one
)

// post takes forms: files to store, a folder to make, entries to pack.
func (d *Door) post(w *flow, r *http.Request) {
	s, name, err := d.o.Front.place(r, r.URL.Path)
	if err != nil {
		d.fail(w, r, err)
		return
	}
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	var f *filled
	switch kind {
	case "multipart/form-data":
		f, err = d.readParts(r, s, name)
	case "application/x-www-form-urlencoded":
		f, err = readFields(w, r)
	default:
		err = &problem.Problem{Status: http.StatusUnsupportedMediaType, Code: "WEB-TYPE-02", Title: "Not a form",
			Detail: "A form is needed here: multipart/form-data or application/x-www-form-urlencoded.", Did: "Nothing was changed.", Next: "To store one file, use PUT."}
	}
	if err != nil {
		d.fail(w, r, err)
		return
	}
	d.act(w, r, s, name, f)
}

// filled is what a form held: its fields, and what became of its files.
type filled struct {
	fields url.Values
	stored []vfs.Result
	failed []failure // the first
	more   int       // … and how many besides
	small  int       // fields that are no files
}

// fails notes that a file was refused.
func (f *filled) fails(name string, err error) {
	if len(f.failed) == maxFailed {
		f.more++
		return
	}
	f.failed = append(f.failed, failure{name, err})
}

type failure struct {
	name string
	err  error
}

// act does what the fields say and answers.
func (d *Door) act(w *flow, r *http.Request, s *opened, name string, f *filled) {
	if format, ok := archiveFormat(r.URL.Query()); ok {
		d.archive(w, r, s, name, format, append(r.URL.Query()["f"], f.fields["f"]...))
		return
	}
	switch act := f.fields.Get("act"); {
	case act == "mkdir":
		d.makeByForm(w, r, s, name, f)
	case act == "" || act == "bput":
		if len(f.stored)+len(f.failed) == 0 {
			d.fail(w, r, badRequest("WEB-FORM-01", "The form holds no file."))
			return
		}
		d.received(w, r, f)
	default:
		d.fail(w, r, &problem.Problem{Status: http.StatusUnprocessableEntity, Code: "WEB-FORM-02", Title: "Unknown action",
			Detail: "There is no action “" + printable(act) + "”.", Did: "Nothing was changed."})
	}
}

func (d *Door) makeByForm(w *flow, r *http.Request, s *opened, folder string, f *filled) {
	name := strings.TrimSpace(f.fields.Get("name"))
	if name == "" || strings.Contains(name, "/") {
		d.fail(w, r, &vfs.Error{Verb: string(vfs.VerbMkdir), Path: name, Err: vfs.ErrName})
		return
	}
	e, err := s.Mkdir(folderPath(folder)+name, false)
	if err != nil {
		d.fail(w, r, err)
		return
	}
	place := wire.Href(d.o.Front.Base(r) + folderPath(e.Path))
	if f.fields.Get("back") != "" {
		backTo(w, r, url.Values{"made": {"1"}})
		return
	}
	w.Header().Set("Location", place)
	sayText(w, http.StatusCreated, d.absolute(r, place)+"\n")
}

// backTo returns a browser to the folder that its form was on.
func backTo(w http.ResponseWriter, r *http.Request, said url.Values) {
	redirect(w, folderPath(r.URL.EscapedPath())+"?"+said.Encode(), http.StatusSeeOther)
}

// received answers for files that came by a form.
func (d *Door) received(w *flow, r *http.Request, f *filled) {
	if len(f.stored) == 0 {
		d.fail(w, r, f.failed[0].err)
		return
	}
	if f.fields.Get("back") != "" {
		said := url.Values{"arrived": {strconv.Itoa(len(f.stored))}}
		if len(f.failed) > 0 {
			said.Set("failed", strconv.Itoa(len(f.failed)+f.more))
		}
		backTo(w, r, said)
		return
	}
	status := http.StatusCreated
	if len(f.failed) > 0 {
		status = http.StatusMultiStatus
	}
	if formOf(r) == formJSON {
		d.sayJSON(w, status, d.receivedJSON(r, f))
		return
	}
	var b strings.Builder
	for _, res := range f.stored {
		b.WriteString(d.absolute(r, wire.Href(d.o.Front.Base(r)+res.Path)) + "\n")
	}
	for _, fail := range f.failed {
		b.WriteString(printable(fail.name) + ": " + problem.For(fail.err, d.identityAt(r)).Detail + "\n")
	}
	if f.more > 0 {
		b.WriteString("and " + strconv.Itoa(f.more) + " more were refused\n")
	}
	sayText(w, status, b.String())
}

// receipts is the JSON answer to a form with files.
type receipts struct {
	Files  []arrived `json:"files"`
	Failed []refused `json:"failed"`
	More   int       `json:"more,omitempty"` // refused besides those
}

type refused struct {
	Name    string           `json:"name"`
	Problem *problem.Problem `json:"problem"`
}

func (d *Door) receivedJSON(r *http.Request, f *filled) receipts {
	out := receipts{Files: []arrived{}, Failed: []refused{}, More: f.more}
	for _, res := range f.stored {
		out.Files = append(out.Files, arrived{URL: wire.Href(d.o.Front.Base(r) + res.Path), Name: res.Name, Size: res.Size, SHA256: res.SHA256, Created: res.Created})
	}
	for _, fail := range f.failed {
		out.Failed = append(out.Failed, refused{fail.name, problem.For(fail.err, d.identityAt(r))})
	}
	return out
}

// readParts reads a multipart form in one pass; files are stored as they come. A file that is
// refused does not stop the others; a cut body stops everything, and what was not complete is gone.
func (d *Door) readParts(r *http.Request, s *opened, folder string) (*filled, error) {
	m, err := r.MultipartReader()
	if err != nil {
		return nil, badRequest("WEB-FORM-03", "The form cannot be read.")
	}
	f := &filled{fields: url.Values{}}
	for n := 0; ; n++ {
		part, err := m.NextPart()
		if err == io.EOF {
			return f, nil
		}
		if err != nil {
			return nil, cameShort(err)
		}
		if n >= maxParts {
			return nil, tooManyParts(len(f.stored))
		}
		if err := d.readPart(part, s, folder, f); err != nil {
			return nil, err
		}
	}
}

func tooManyParts(stored int) error {
	return &problem.Problem{Status: http.StatusRequestEntityTooLarge, Code: "WEB-FORM-05", Title: "The form is too long",
		Detail: "A form may hold " + strconv.Itoa(maxParts) + " files at most.", Did: strconv.Itoa(stored) + " files were stored.",
		Next: "Send the others in another form."}
}

func (d *Door) readPart(part *multipart.Part, s *opened, folder string, f *filled) error {
	if name, isFile := fileName(part); isFile {
		if name == "" {
			return nil // a file field in which nothing was chosen
		}
		return f.store(s.Session, folder, name, part)
	}
	if f.small++; f.small > maxFields {
		return badRequest("WEB-FORM-04", "The form holds too many fields.")
	}
	value, err := io.ReadAll(io.LimitReader(part, maxField+1))
	if err != nil {
		return cameShort(err)
	}
	if len(value) > maxField {
		return badRequest("WEB-FORM-04", "A field of the form is too long.")
	}
	f.fields.Add(part.FormName(), string(value))
	return nil
}

// fileName is the last part of the name that a form gives a file: folders in it are not believed.
func fileName(part *multipart.Part) (name string, isFile bool) {
	_, params, err := mime.ParseMediaType(part.Header.Get("Content-Disposition"))
	if err != nil {
		return "", false
	}
	name, isFile = params["filename"]
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	return name, isFile
}

// store keeps one file of a form. Its error is one of the body; refusals are collected.
func (f *filled) store(s *vfs.Session, folder, name string, body io.Reader) error {
	out, err := s.Create(folderPath(folder)+name, vfs.CreateOptions{OnExist: vfs.KeepBoth, Size: -1})
	if err != nil {
		f.fails(name, err)
		// The other files may be welcome: go past this one.
		if _, err := io.Copy(io.Discard, body); err != nil {
			return cameShort(err)
		}
		return nil
	}
	in := &remembering{Reader: body}
	_, err = out.ReadFrom(in)
	var res vfs.Result
	if err == nil {
		res, err = out.Commit()
	}
	if err == nil {
		f.stored = append(f.stored, res)
		return nil
	}
	// What is thrown away may already be gone.
	_ = out.Abort()
	if in.err != nil {
		return cameShort(in.err)
	}
	f.fails(name, err)
	if _, err := io.Copy(io.Discard, body); err != nil {
		return cameShort(err)
	}
	return nil
}

// readFields reads a small form.
func readFields(w http.ResponseWriter, r *http.Request) (*filled, error) {
	r.Body = http.MaxBytesReader(w, r.Body, 8<<20)
	if err := r.ParseForm(); err != nil {
		var large *http.MaxBytesError
		if errors.As(err, &large) {
			return nil, &problem.Problem{Status: http.StatusRequestEntityTooLarge, Code: "WEB-LARGE-01", Title: "The request is too large",
				Detail: "The form is too long.", Did: "Nothing was changed."}
		}
		return nil, cameShort(err)
	}
	return &filled{fields: r.PostForm}, nil
}
