"""``python -m chipclass``."""

from chipclass.cli import main

if __name__ == "__main__":
    main()
