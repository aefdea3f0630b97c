//go:build desktop

package window

/*
#cgo pkg-config: gtk+-3.0 webkit2gtk-4.1 x11
#include <stdatomic.h>
#include <unistd.h>
#include <X11/Xlib.h>
#include <gtk/gtk.h>
#include <webkit2/webkit2.h>

static atomic_int lost;

// The display went away. Xlib would end the whole program with it; this thread stays here instead.
static int gone(Display *display) {
	atomic_store(&lost, 1);
	for (;;)
		pause();
}

static int is_lost(void) { return atomic_load(&lost); }

static void terminated(WebKitWebView *view, WebKitWebProcessTerminationReason reason, gpointer data) {
	webkit_web_view_load_uri(view, "wails://wails/");
}

static void walk(GtkWidget *w, gpointer data) {
	if (WEBKIT_IS_WEB_VIEW(w))
		g_signal_connect(w, "web-process-terminated", G_CALLBACK(terminated), NULL);
	else if (GTK_IS_CONTAINER(w))
		gtk_container_foreach(GTK_CONTAINER(w), walk, data);
}

static gboolean watch_page(gpointer data) {
	XSetIOErrorHandler(gone);
	GList *tops = gtk_window_list_toplevels();
	for (GList *l = tops; l != NULL; l = l->next)
		walk(GTK_WIDGET(l->data), NULL);
	g_list_free(tops);
	return G_SOURCE_REMOVE;
}

static gboolean dismiss_dialogs(gpointer data) {
	GList *tops = gtk_window_list_toplevels();
	for (GList *l = tops; l != NULL; l = l->next) {
		if (GTK_IS_DIALOG(l->data))
			gtk_dialog_response(GTK_DIALOG(l->data), GTK_RESPONSE_CANCEL);
	}
	g_list_free(tops);
	return G_SOURCE_REMOVE;
}

static void name_program(const char *name) { g_set_prgname(name); }

// Both run on GTK's own thread, soon.
static void soon_watch(void) { g_idle_add(watch_page, NULL); }
static void soon_dismiss(void) { g_idle_add(dismiss_dialogs, NULL); }
*/
import "C"

import (
	"os"
	"path/filepath"
)

// programName names the folders in which WebKit keeps its things, and the class of the window. With
// the program's own name they would lie among our data.
const programName = "portico-window"

// prepare is called before anything of GTK begins.
func prepare() {
	C.name_program(C.CString(programName)) // kept by GLib as long as the program runs
	// One more folder for every port we ever had: nothing in it is of use again.
	if dir := dataHome(); dir != "" {
		os.RemoveAll(filepath.Join(dir, programName))
	}
	if os.Getenv("DBUS_SESSION_BUS_ADDRESS") == "" && !busSocket() {
		// Otherwise GTK starts a bus of its own, which takes seconds and leaves a process behind.
		os.Setenv("DBUS_SESSION_BUS_ADDRESS", "disabled:")
	}
}

// busSocket reports whether the session bus is where systemd puts it.
func busSocket() bool {
	_, err := os.Stat(filepath.Join(os.Getenv("XDG_RUNTIME_DIR"), "bus"))
	return err == nil && os.Getenv("XDG_RUNTIME_DIR") != ""
}

func dataHome() string {
	if dir := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(dir) {
		return dir
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return ""
	}
	return filepath.Join(home, ".local", "share")
}

// watch has the page loaded again when its process dies, which would leave the window white, and keeps
// the program when its display goes.
func watch() { C.soon_watch() }

// dismiss answers every open dialog with Cancel: the window cannot end while one is open.
func dismiss() { C.soon_dismiss() }

// Lost reports whether the display went away while the window was on it.
func Lost() bool { return C.is_lost() != 0 }

// webViewFolder is for Windows.
func webViewFolder() string { return "" }
