// Reads logs that this project wrote with implementations of tlog-tiles that share nothing with it: golang.org/x/mod/sumdb (tlog,
// note) and transparency-dev (tessera client and fsck, merkle, formats). Each argument is a directory that write-log.ts made.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sort"

	"github.com/transparency-dev/formats/log"
	fnote "github.com/transparency-dev/formats/note"
	fproof "github.com/transparency-dev/formats/proof"
	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"github.com/transparency-dev/tessera/api"
	"github.com/transparency-dev/tessera/client"
	"github.com/transparency-dev/tessera/fsck"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
	"k8s.io/klog/v2"
)

// About a log, from about.json beside it.
type about struct {
	Origin string `json:"origin"`
	Key    string `json:"key"`
	Leaves int    `json:"leaves"`
	Sound  bool   `json:"sound"`
	// Verifier keys of the witnesses that have cosigned the newest checkpoint.
	Witnesses []string `json:"witnesses"`
}

func main() {
	ctx := context.Background()
	klog.LogToStderr(false)
	klog.SetOutput(io.Discard) // fsck tells of its progress there
	failed := false
	for _, dir := range os.Args[1:] {
		a, err := read(filepath.Join(dir, "about.json"))
		var what string
		if err == nil {
			what, err = check(ctx, dir, a)
		}
		if err == nil != a.Sound {
			failed = true
			fmt.Printf("FAILED %s: %v\n", dir, err)
		} else if a.Sound {
			fmt.Printf("ok %s: %s\n", filepath.Base(dir), what)
		} else {
			fmt.Printf("ok %s: refused, as it must be: %.90s\n", filepath.Base(dir), err)
		}
	}
	if failed || len(os.Args) < 2 {
		os.Exit(1)
	}
}

func read(path string) (about, error) {
	var a about
	raw, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(raw, &a)
	}
	return a, err
}

func check(ctx context.Context, dir string, a about) (string, error) {
	root := filepath.Join(dir, "log")
	verifier, err := fnote.NewVerifier(a.Key)
	if err != nil {
		return "", fmt.Errorf("verifier key: %w", err)
	}
	files := client.FileFetcher{Root: root}

	// 1. Tessera's fsck: every entry, every tile, and the root, from the entries up.
	if err := fsck.New(a.Origin, verifier, files, leafHashes, fsck.Opts{N: 2}).Check(ctx); err != nil {
		return "", fmt.Errorf("fsck: %w", err)
	}

	// 2. Every checkpoint of the history, and a consistency proof from each to the next, by both libraries.
	heads, err := history(filepath.Join(root, "checkpoints"), verifier, a.Origin)
	if err != nil {
		return "", fmt.Errorf("history: %w", err)
	}
	newest, _, _, err := client.FetchCheckpoint(ctx, files.ReadCheckpoint, verifier, a.Origin)
	if err != nil {
		return "", fmt.Errorf("checkpoint: %w", err)
	}
	if last := heads[len(heads)-1]; last.Size != newest.Size || !bytes.Equal(last.Hash, newest.Hash) || int(newest.Size) != a.Leaves {
		return "", errors.New("the newest checkpoint is not the last of the history")
	}
	for i := 1; i < len(heads); i++ {
		if err := consistent(ctx, files, heads[i-1], heads[i]); err != nil {
			return "", fmt.Errorf("from checkpoint %d to %d: %w", i-1, i, err)
		}
	}

	// 3. A proof of inclusion for a sample of leaves, by both libraries, and every tlog-proof file.
	step := newest.Size/50 + 1
	for index := uint64(0); index < newest.Size; index += step {
		if err := included(ctx, files, *newest, index); err != nil {
			return "", fmt.Errorf("leaf %d: %w", index, err)
		}
	}
	proofs, err := filepath.Glob(filepath.Join(dir, "*.tlog-proof"))
	if err != nil {
		return "", err
	}
	for _, path := range proofs {
		if err := proved(path, verifier, a.Origin); err != nil {
			return "", fmt.Errorf("%s: %w", filepath.Base(path), err)
		}
	}

	// 4. The cosignature of every witness on the newest checkpoint, and on those that are kept beside each checkpoint.
	cosigned, err := cosignatures(root, a.Witnesses, len(heads))
	if err != nil {
		return "", fmt.Errorf("cosignatures: %w", err)
	}
	return fmt.Sprintf("%d leaves, %d checkpoints, %d proof files, %d cosignatures", newest.Size, len(heads), len(proofs), cosigned), nil
}

func cosignatures(root string, vkeys []string, checkpoints int) (int, error) {
	var witnesses []note.Verifier
	for _, vkey := range vkeys {
		v, err := fnote.NewVerifierForCosignatureV1(vkey)
		if err != nil {
			return 0, err
		}
		witnesses = append(witnesses, v)
	}
	notes := [][]byte{}
	newest, err := os.ReadFile(filepath.Join(root, "checkpoint"))
	if err != nil {
		return 0, err
	}
	notes = append(notes, newest)
	for n := range checkpoints {
		number := fmt.Sprintf("%03d", n)
		checkpoint, err := os.ReadFile(filepath.Join(root, "checkpoints", number))
		if err != nil {
			return 0, err
		}
		lines, err := os.ReadFile(filepath.Join(root, "cosignatures", number))
		if err != nil {
			return 0, err
		}
		notes = append(notes, append(checkpoint, lines...))
	}
	verified := 0
	for _, raw := range notes {
		n, err := note.Open(raw, note.VerifierList(witnesses...))
		if err != nil {
			return 0, err
		}
		if len(n.Sigs) != len(witnesses) {
			return 0, fmt.Errorf("%d of %d witnesses", len(n.Sigs), len(witnesses))
		}
		for _, sig := range n.Sigs {
			if _, err := fnote.CoSigV1Timestamp(sig); err != nil {
				return 0, err
			}
		}
		verified += len(n.Sigs)
	}
	return verified, nil
}

func leafHashes(bundle []byte) ([][]byte, error) {
	var b api.EntryBundle
	if err := b.UnmarshalText(bundle); err != nil {
		return nil, err
	}
	hashes := make([][]byte, 0, len(b.Entries))
	for _, e := range b.Entries {
		hashes = append(hashes, rfc6962.DefaultHasher.HashLeaf(e))
	}
	return hashes, nil
}

func history(dir string, v note.Verifier, origin string) ([]log.Checkpoint, error) {
	var paths []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			paths = append(paths, path)
		}
		return err
	})
	if err != nil || len(paths) == 0 {
		return nil, fmt.Errorf("no checkpoints: %v", err)
	}
	sort.Strings(paths)
	var heads []log.Checkpoint
	for _, path := range paths {
		raw, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		if _, err := note.Open(raw, note.VerifierList(v)); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		head, _, _, err := log.ParseCheckpoint(raw, origin, v)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		heads = append(heads, *head)
	}
	return heads, nil
}

func consistent(ctx context.Context, files client.FileFetcher, older, newer log.Checkpoint) error {
	if older.Size == 0 || newer.Size == 0 {
		return nil
	}
	builder, err := client.NewProofBuilder(ctx, newer.Size, files.ReadTile)
	if err != nil {
		return err
	}
	hashes, err := builder.ConsistencyProof(ctx, older.Size, newer.Size)
	if err != nil {
		return err
	}
	if err := proof.VerifyConsistency(rfc6962.DefaultHasher, older.Size, newer.Size, hashes, older.Hash, newer.Hash); err != nil {
		return err
	}
	p, err := tlog.ProveTree(int64(newer.Size), int64(older.Size), reader(ctx, files, newer))
	if err != nil {
		return err
	}
	return tlog.CheckTree(p, int64(newer.Size), tlog.Hash(newer.Hash), int64(older.Size), tlog.Hash(older.Hash))
}

func included(ctx context.Context, files client.FileFetcher, head log.Checkpoint, index uint64) error {
	bundle, err := client.GetEntryBundle(ctx, files.ReadEntryBundle, index/256, head.Size)
	if err != nil {
		return err
	}
	entry := bundle.Entries[index%256]
	builder, err := client.NewProofBuilder(ctx, head.Size, files.ReadTile)
	if err != nil {
		return err
	}
	hashes, err := builder.InclusionProof(ctx, index)
	if err != nil {
		return err
	}
	leaf := rfc6962.DefaultHasher.HashLeaf(entry)
	if err := proof.VerifyInclusion(rfc6962.DefaultHasher, index, head.Size, leaf, hashes, head.Hash); err != nil {
		return err
	}
	p, err := tlog.ProveRecord(int64(head.Size), int64(index), reader(ctx, files, head))
	if err != nil {
		return err
	}
	return tlog.CheckRecord(p, int64(head.Size), tlog.Hash(head.Hash), int64(index), tlog.RecordHash(entry))
}

func proved(path string, v note.Verifier, origin string) error {
	raw, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var p fproof.TLogProof
	if err := p.Unmarshal(raw); err != nil {
		return err
	}
	head, _, _, err := log.ParseCheckpoint(p.Checkpoint, origin, v)
	if err != nil {
		return err
	}
	hashes := make([][]byte, 0, len(p.Hashes))
	for i := range p.Hashes {
		hashes = append(hashes, p.Hashes[i][:])
	}
	leaf := rfc6962.DefaultHasher.HashLeaf(p.ExtraData)
	if err := proof.VerifyInclusion(rfc6962.DefaultHasher, p.Index, head.Size, leaf, hashes, head.Hash); err != nil {
		return err
	}
	if !bytes.Equal(p.Marshal(), raw) {
		return errors.New("written anew, it is another file")
	}
	return nil
}

// tiles gives x/mod the tiles of tlog-tiles under its own names. x/mod authenticates them against the root.
type tiles struct {
	ctx   context.Context
	files client.FileFetcher
}

func reader(ctx context.Context, files client.FileFetcher, head log.Checkpoint) tlog.HashReader {
	tree := tlog.Tree{N: int64(head.Size), Hash: tlog.Hash(head.Hash)}
	return tlog.TileHashReader(tree, tiles{ctx, files})
}

func (t tiles) Height() int { return 8 }

func (t tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, w := range wanted {
		// A width of 256 is a full tile, which a uint8 of 0 stands for.
		data, err := t.files.ReadTile(t.ctx, uint64(w.L), uint64(w.N), uint8(w.W))
		if err != nil {
			return nil, err
		}
		all = append(all, data)
	}
	return all, nil
}

func (t tiles) SaveTiles([]tlog.Tile, [][]byte) {}
