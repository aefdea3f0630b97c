package wire

import "strings"

// inertType is the table of extensions whose content a browser shows or saves but never runs.
func inertType(ext string) string {
	switch ext {
	case "":
		return ""
	case "jpg", "jpeg", "jpe", "jfif":
		return "image/jpeg"
	case "ico":
		return "image/x-icon"
	case "tif", "tiff":
		return "image/tiff"
	case "heic", "heics":
		return "image/heic"
	case "heif":
		return "image/heif"
	case "png", "gif", "webp", "avif", "bmp", "jxl", "apng":
		return "image/" + ext
	case "csv":
		return "text/csv; charset=utf-8"
	case "vtt":
		return "text/vtt; charset=utf-8"
	case "ics":
		return "text/calendar; charset=utf-8"
	case "vcf":
		return "text/vcard; charset=utf-8"
	case "json", "geojson", "ipynb":
		return "application/json"
	}
	if plain(ext) {
		return plainText
	}
	if t := playedType(ext); t != "" {
		return t
	}
	return savedType(ext)
}

// playedType lists sound and moving pictures.
func playedType(ext string) string {
	switch ext {
	case "mp3":
		return "audio/mpeg"
	case "m4a", "m4b":
		return "audio/mp4"
	case "ogg", "oga", "opus":
		return "audio/ogg"
	case "mid", "midi":
		return "audio/midi"
	case "wav", "flac", "aac", "aiff", "weba":
		return "audio/" + strings.Replace(ext, "weba", "webm", 1)
	case "mp4", "m4v":
		return "video/mp4"
	case "mov", "qt":
		return "video/quicktime"
	case "mkv":
		return "video/x-matroska"
	case "avi":
		return "video/x-msvideo"
	case "mpg", "mpeg":
		return "video/mpeg"
	case "wmv":
		return "video/x-ms-wmv"
	case "3gp":
		return "video/3gpp"
	case "ogv":
		return "video/ogg"
	case "m2ts", "mts":
		return "video/mp2t"
	case "webm":
		return "video/webm"
	}
	return ""
}

// plain lists what is read as text: also scripts and style sheets, on purpose.
func plain(ext string) bool {
	const list = " txt text log md markdown rst nfo srt sub ass lrc diff patch tsv" +
		" js mjs cjs jsx tsx css scss less map vue svelte" +
		" go py rb rs c h cc cpp hpp cs java kt swift php pl lua r jl hs ml sql sh bash zsh fish ps1 bat cmd" +
		" toml yaml yml ini cfg conf env properties mk cmake tex bib json5 jsonl ndjson m3u m3u8 cue "
	return strings.Contains(list, " "+ext+" ")
}

// savedType lists what a browser hands to another program.
func savedType(ext string) string {
	switch ext {
	case "zip", "cbz":
		return "application/zip"
	case "gz", "tgz":
		return "application/gzip"
	case "tar":
		return "application/x-tar"
	case "zst":
		return "application/zstd"
	case "bz2":
		return "application/x-bzip2"
	case "xz":
		return "application/x-xz"
	case "7z":
		return "application/x-7z-compressed"
	case "rar", "cbr":
		return "application/vnd.rar"
	case "epub":
		return "application/epub+zip"
	case "doc":
		return "application/msword"
	case "xls":
		return "application/vnd.ms-excel"
	case "ppt":
		return "application/vnd.ms-powerpoint"
	case "docx":
		return "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	case "xlsx":
		return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	case "pptx":
		return "application/vnd.openxmlformats-officedocument.presentationml.presentation"
	case "odt":
		return "application/vnd.oasis.opendocument.text"
	case "ods":
		return "application/vnd.oasis.opendocument.spreadsheet"
	case "rtf":
		return "application/rtf"
	case "ttf", "otf", "woff", "woff2":
		return "font/" + ext
	case "apk":
		return "application/vnd.android.package-archive"
	case "wasm", "exe", "msi", "dmg", "iso", "img", "deb", "rpm", "bin", "dll", "so", "dng", "raw", "cr2", "cr3", "nef", "arw", "db", "sqlite":
		return binary
	}
	return ""
}
