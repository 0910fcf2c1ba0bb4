internal import PrintableText

extension ReportPage {
  /// Up to the body. The policy lets pictures in from beside the page, and nothing else from anywhere.
  static func head(_ title: String) -> String {
    """
    <!doctype html>
    <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src 'self' file: data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
    <link rel="icon" href="data:,">
    <title>\(htmlEscaped(title)) – idinvert</title><style>\(style)</style></head><body>
    """
  }

  private static let style = """
    :root{color-scheme:light dark;--line:#8884}
    body{font:16px/1.5 system-ui,sans-serif;max-width:64rem;margin:2rem auto;padding:0 1rem}
    main{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,22rem),1fr));gap:0 2rem}.row.large{grid-column:1/-1}
    h1{font-size:1.5rem;margin:0;overflow-wrap:anywhere}h2{font-size:1.1rem;margin:0 0 .5rem;overflow-wrap:anywhere}
    .facts{opacity:.75;margin:.2rem 0 1rem}section{border-top:1px solid var(--line);padding:1rem 0}
    .warnings{border-left:4px solid #d97706;margin:1rem 0;padding:.3rem 1rem .3rem 2rem}
    .single,.compare img{display:block;width:100%;image-rendering:pixelated}
    .single,.compare{width:min(100%,24rem)}.row.large .single{width:100%;image-rendering:auto}
    .compare{position:relative;cursor:ew-resize;touch-action:none}.over{position:absolute;inset:0;clip-path:inset(0 50% 0 0)}
    label{display:flex;gap:.6rem;align-items:center;margin:.5rem 0}input[type=range]{flex:0 1 20rem;min-width:6rem}
    .gallery{display:flex;flex-wrap:wrap;gap:1rem;padding:0;list-style:none}.gallery img{width:12rem;display:block;image-rendering:pixelated}
    .strip{display:flex;flex-wrap:wrap;gap:4px}.strip img{width:64px;height:64px;object-fit:contain;image-rendering:pixelated;display:block}
    .strip a:focus-visible,.strip a[aria-current]{outline:2px solid #3b82f6}
    .sheet{max-width:100%;height:auto}
    svg{width:100%;max-width:36rem;border:1px solid var(--line)}.legend span{margin-right:1.2rem;white-space:nowrap}
    .legend i{display:inline-block;width:1em;height:3px;margin-right:.4em;vertical-align:middle}
    pre{overflow:auto;border:1px solid var(--line);padding:.7rem}button{font:inherit}
    """

  /// Sliders, and the button that copies. Without it the pictures and the strips are still there.
  static let script = """
    for (const box of document.querySelectorAll('.compare')) {
      const slider = box.parentElement.querySelector('.divide'), over = box.querySelector('.over');
      const show = () => { over.style.clipPath = `inset(0 ${100 - slider.value}% 0 0)`; };
      const move = event => {
        if (event.type === 'pointermove' && !event.buttons) return;
        const place = box.getBoundingClientRect();
        slider.value = (event.clientX - place.left) / place.width * 100;
        show();
      };
      slider.addEventListener('input', show);
      box.addEventListener('pointerdown', move);
      box.addEventListener('pointermove', move);
      box.addEventListener('dragstart', event => event.preventDefault());
      show();
    }
    for (const row of document.querySelectorAll('.row')) {
      const picture = row.querySelector('.single'), slider = row.querySelector('.frame');
      if (!picture) continue;
      const output = row.querySelector('output'), whole = row.querySelector('.whole');
      const lists = [picture.dataset.frames, picture.dataset.whole].map(text => JSON.parse(text));
      const links = [...row.querySelectorAll('[data-frame]')];
      const show = () => {
        const list = whole && whole.checked ? lists[1] : lists[0], [path, label] = list[slider ? slider.value : 0];
        picture.src = path;
        picture.alt = picture.dataset.title + ', ' + label;
        if (output) output.textContent = label;
        row.classList.toggle('large', list === lists[1]);
        for (const link of links) {
          if (link.dataset.frame === slider.value) link.setAttribute('aria-current', 'true');
          else link.removeAttribute('aria-current');
        }
      };
      if (slider) slider.addEventListener('input', show);
      if (whole) whole.addEventListener('change', show);
      for (const link of links) link.addEventListener('click', event => {
        event.preventDefault();
        slider.value = link.dataset.frame;
        show();
      });
      show();
    }
    const copy = document.getElementById('copy');
    if (copy) copy.addEventListener('click', async () => {
      const text = document.getElementById('sidecar');
      try {
        await navigator.clipboard.writeText(text.textContent);
      } catch {
        // Pages from a file have no clipboard in some browsers.
        getSelection().selectAllChildren(text);
        document.execCommand('copy');
      }
      copy.textContent = 'Copied';
    });
    """
}
