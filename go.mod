module github.com/ipdcode/skydns

go 1.26.0
