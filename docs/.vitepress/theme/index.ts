import type { Theme } from 'vitepress'
import DefaultTheme from 'vitepress/theme-without-fonts'
import { h } from 'vue'
import ExchangePage from './ExchangePage.vue'
import Hero from './Hero.vue'
import NotFound from './NotFound.vue'
import './style.css'

/** The theme of VitePress, with the exchange. */
export default {
  extends: DefaultTheme,
  Layout: () => h(DefaultTheme.Layout, null, { 'not-found': () => h(NotFound) }),
  enhanceApp({ app }) {
    app.component('ExchangePage', ExchangePage)
    app.component('Hero', Hero)
  },
} satisfies Theme
