package app

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"portico/backend/config"
)

// place says where the program keeps its state; every command takes it.
type place struct {
	Data   string `help:"Folder for settings, database and keys (default: this user's own place)." placeholder:"DIR" env:"PORTICO_DATA"`
	Config string `help:"Settings file (default: config.toml in the data folder)." placeholder:"FILE" env:"PORTICO_CONFIG"`
}

// dir is the data folder.
func (p *place) dir() (string, error) {
	if p.Data != "" {
		return filepath.Abs(p.Data)
	}
	dir, err := userDir()
	if err != nil {
		return "", fmt.Errorf("this user has no place for data (%w): name one with --data DIR", err)
	}
	return dir, nil
}

// userDir is the system's per-user place for what a program keeps.
func userDir() (string, error) {
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		dir, err := os.UserConfigDir()
		return filepath.Join(dir, "Portico"), err
	}
	if dir := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "portico"), nil
	}
	home, err := os.UserHomeDir()
	return filepath.Join(home, ".local", "share", "portico"), err
}

// file is the settings file.
func (p *place) file() (string, error) {
	if p.Config != "" {
		return filepath.Abs(p.Config)
	}
	dir, err := p.dir()
	return filepath.Join(dir, config.FileName), err
}

// save changes the settings file, and makes it where there is none. One that was named must have its folder.
func (p *place) save(changes ...config.Change) error {
	name, err := p.file()
	if err != nil {
		return err
	}
	if dir, err := p.dir(); err == nil && p.Config == "" {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return err
		}
	}
	return config.Save(name, changes...)
}

// settings reads the settings file. Only one that was named must exist.
func (p *place) settings() (config.Config, error) {
	name, err := p.file()
	if err != nil {
		return config.Config{}, err
	}
	c, err := config.Load(name)
	if errors.Is(err, fs.ErrNotExist) && p.Config != "" {
		return c, fmt.Errorf("there is no settings file %s; portico config explain prints one to begin with", printable(name))
	}
	if errors.Is(err, fs.ErrNotExist) && p.Config == "" {
		return config.Defaults(), nil
	}
	return c, err
}
