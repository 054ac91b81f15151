/** The drawing in its frame, which can be moved and made larger. */
export interface Drawing {
  readonly frame: HTMLElement;
  /** Shows the whole of it, but no smaller than can be told apart. */
  fit(): void;
  zoom(factor: number): void;
  /** Moves so that a part can be seen, and makes it large enough to be read. */
  reveal(part: Element): void;
}

const LARGEST = 4;
const LARGEST_FIT = 1.5;
/** Below it nothing can be read. */
const READABLE = 0.7;

export function createDrawing(frame: HTMLElement): Drawing {
  const svg = frame.querySelector('svg');
  if (svg === null) throw new Error('no drawing');
  const { width, height } = svg.viewBox.baseVal;
  svg.setAttribute('role', 'group');
  svg.setAttribute('aria-label', 'Hosts, links, networks and containers');
  let scale = 1;
  let left = 0;
  let top = 0;

  const smallest = (): number => Math.min(LARGEST_FIT, frame.clientWidth / width, frame.clientHeight / height) * 0.98;
  const show = (): void => {
    svg.style.transform = `translate(${String(left)}px, ${String(top)}px) scale(${String(scale)})`;
  };
  /** A drawing that is smaller than its frame is in the middle of it; of one that is larger, no edge is inside. */
  const within = (at: number, size: number, room: number): number =>
    size * scale <= room ? (room - size * scale) / 2 : Math.min(40, Math.max(room - size * scale - 40, at));
  const settle = (): void => {
    left = within(left, width, frame.clientWidth);
    top = within(top, height, frame.clientHeight);
    show();
  };
  const zoomAt = (factor: number, x: number, y: number): void => {
    const next = Math.min(LARGEST, Math.max(smallest(), scale * factor));
    left = x - ((x - left) * next) / scale;
    top = y - ((y - top) * next) / scale;
    scale = next;
    settle();
  };

  svg.style.width = `${String(width)}px`;
  svg.style.height = `${String(height)}px`;
  frame.addEventListener(
    'wheel',
    (event) => {
      event.preventDefault();
      const { left: x, top: y } = frame.getBoundingClientRect();
      zoomAt(Math.exp(-event.deltaY * (event.deltaMode === 0 ? 0.0015 : 0.05)), event.clientX - x, event.clientY - y);
    },
    { passive: false },
  );
  followPointer(frame, (x, y) => {
    left += x;
    top += y;
    settle();
  });
  new ResizeObserver(settle).observe(frame);

  return {
    frame,
    fit: () => {
      scale = smallest();
      settle();
    },
    zoom: (factor) => zoomAt(factor, frame.clientWidth / 2, frame.clientHeight / 2),
    reveal: (part) => {
      if (scale < READABLE) zoomAt(READABLE / scale, 0, 0);
      const around = frame.getBoundingClientRect();
      const { left: x, right, top: y, bottom } = part.getBoundingClientRect();
      const isInside = x >= around.left && right <= around.right && y >= around.top && bottom <= around.bottom;
      if (isInside) return;
      left += around.left + frame.clientWidth / 2 - (x + right) / 2;
      top += around.top + frame.clientHeight / 2 - (y + bottom) / 2;
      settle();
    },
  };
}

/** A drag moves; a press that does not move stays a click. */
function followPointer(frame: HTMLElement, move: (x: number, y: number) => void): void {
  let held: { readonly id: number; x: number; y: number } | undefined;
  frame.addEventListener('pointerdown', (event) => {
    if (event.button === 0) held = { id: event.pointerId, x: event.clientX, y: event.clientY };
  });
  frame.addEventListener('pointermove', (event) => {
    if (held?.id !== event.pointerId) return;
    const [x, y] = [event.clientX - held.x, event.clientY - held.y];
    if (!frame.hasPointerCapture(event.pointerId)) {
      if (Math.hypot(x, y) < 4) return;
      frame.setPointerCapture(event.pointerId);
    }
    held = { id: event.pointerId, x: event.clientX, y: event.clientY };
    move(x, y);
  });
  for (const end of ['pointerup', 'pointercancel'] as const) frame.addEventListener(end, () => (held = undefined));
}
