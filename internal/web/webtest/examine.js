// What tests run in a page to find out what is wrong with it; nothing here changes it.
// Function expressions in var, so that they can be said twice in one page.
var violations = async () => {
  const { violations } = await axe.run(document, { resultTypes: ['violations'] })
  return violations.flatMap(({ id, nodes }) => nodes.map(n => `${id}: ${n.target}: ${n.failureSummary.replace(/\s+/g, ' ')}`))
}

var misfits = () => {
  const found = []
  const { scrollWidth, clientWidth } = document.documentElement
  if (scrollWidth > clientWidth) found.push(`the page is ${scrollWidth} pixels wide, the window ${clientWidth}`)
  for (const e of document.querySelectorAll('a, button, summary, select, input:not([type=hidden])')) {
    if (!e.checkVisibility()) continue
    const { width, height } = e.getBoundingClientRect()
    if (Math.round(width) < 44 || Math.round(height) < 44) {
      found.push(`${e.tagName} ${e.name || e.className} "${e.innerText}" is ${width} × ${height} pixels`)
    }
  }
  return found
}
