import { render } from 'preact'
import { App } from './app.tsx'
import './style/base.css'
import './style/layout.css'
import './style/parts.css'
import './style/views.css'
import './style/keys.css'
import { takeToken } from './token.ts'

render(<App token={takeToken()} />, document.body)
