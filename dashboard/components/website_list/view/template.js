// The list's Vue template. Foreign text is only interpolated as text, never as HTML.
export const SHAPE = `<svg class="ww-shape" viewBox="0 0 12 12" aria-hidden="true">
  <circle v-if="status === 'UP'" cx="6" cy="6" r="4.5" fill="var(--ww-up)"/>
  <rect v-else-if="status === 'DEGRADED' || status === 'FAILING'" x="1.8" y="1.8" width="8.4" height="8.4" rx="1.6" fill="var(--ww-degraded)"/>
  <rect v-else-if="status === 'DOWN'" x="2.2" y="2.2" width="7.6" height="7.6" rx="1" fill="var(--ww-down)" transform="rotate(45 6 6)"/>
  <path v-else-if="status === 'PAUSED'" d="M3.2 2h2v8h-2zM6.8 2h2v8h-2z" fill="var(--ww-muted)"/>
  <circle v-else cx="6" cy="6" r="3.6" fill="none" stroke="var(--ww-muted)" stroke-width="1.8"/></svg>`;

const HEAD = `
  <div class="wl-headline">
    <h1>{{ headline }}</h1>
    <span v-if="downSince" class="ww-muted" :title="utc(downSince)">{{ subline }}</span>
    <div class="wl-adding"><slot></slot></div>
  </div>
  <p class="ww-hidden" role="status">{{ news }}</p>
  <p class="ww-hidden" role="status">{{ spoken }}</p>
  <section class="ww-stats" aria-label="Summary">
    <div v-for="card in cards" :key="card.label" class="ww-card ww-stat">
      <div class="ww-stat-label"><wl-shape v-if="card.status" :status="card.status"/><span>{{ card.label }}</span></div>
      <div class="ww-stat-value"><span :class="card.tone">{{ card.value }}</span><small v-if="card.unit"> {{ card.unit }}</small></div>
      <div class="ww-stat-note">{{ card.note }}</div>
    </div>
  </section>`;

const BAR = `
  <div class="wl-bar">
    <input ref="search" class="ww-input wl-search" type="search" v-model="text" placeholder="Filter by name, URL or tag" aria-label="Filter websites"
      aria-keyshortcuts="f" @keydown.esc="text = ''; $event.target.blur()" @keydown.down.prevent="move(1)">
    <div class="ww-segments" role="group" aria-label="Filter by status">
      <button v-for="choice in choices" :key="choice.key" type="button" :aria-pressed="String(filter === choice.key)"
        @click="filter = choice.key">{{ choice.label }} <span class="ww-muted">{{ choice.count }}</span></button>
    </div>
    <select v-if="tags.length" class="ww-select wl-tags" v-model="tag" aria-label="Filter by tag">
      <option value="">All tags</option><option v-for="name in tags" :key="name">{{ name }}</option>
    </select>
    <button v-if="tag" type="button" class="ww-button wl-delete-tag" @click="$emit('deleteTag', tag)">Delete tag and websites</button>
    <button v-if="tags.length" type="button" class="ww-button wl-group" :aria-pressed="String(isGrouped)" @click="isGrouped = !isGrouped">Group by tag</button>
    <button type="button" class="ww-button wl-choose" @click="choose">{{ choosing ? "Done" : "Select" }}</button>
    <div class="ww-grow"></div>
    <div class="ww-segments" role="group" aria-label="Time range of the heartbeat bars">
      <button v-for="choice in spans" :key="choice.key" type="button" :aria-pressed="String(span === choice.key)" @click="span = choice.key">{{ choice.label }}</button>
    </div>
    <button type="button" class="ww-icon-button wl-squeeze" :aria-pressed="String(density === 'compact')" title="Compact rows" aria-label="Compact rows" @click="squeeze">
      <svg viewBox="0 0 16 16" aria-hidden="true"><path d="M2 4h12M2 8h12M2 12h12" stroke="currentColor" stroke-width="1.5"/></svg></button>
  </div>
  <div v-if="working || said || selected.size || deleting.size" ref="bar" class="ww-card wl-selected" role="group" aria-label="Selected websites" @keydown.esc="focusRow">
    <span v-if="working" aria-busy="true">{{ working }}</span>
    <template v-else-if="deleting.size"><span>{{ count(deleting.size) }} will be deleted with all recorded data.</span>
      <button type="button" class="ww-button" @click="undo">Undo</button></template>
    <div v-else-if="said" class="wl-report"><span>{{ said.words }}</span>
      <button v-if="said.undo" type="button" class="ww-button" @click="work(said.undo)">Undo</button></div>
    <template v-if="selected.size && !working && !deleting.size"><span>{{ count(selected.size) }} selected</span>
      <button type="button" class="ww-button" @click="act('check')">Check now</button>
      <button type="button" class="ww-button" @click="act('pause')">Pause</button>
      <button type="button" class="ww-button" @click="act('resume')">Resume</button>
      <button type="button" class="ww-button" @click="$emit('edit', [...selected])">Edit</button>
      <button type="button" class="ww-button" @click="startDelete">Delete</button>
      <button type="button" class="ww-button" @click="selected = new Set()">Clear</button>
      <form class="wl-tagging" @submit.prevent="act('tag')">
        <input class="ww-input" v-model="tagging" list="wl-known-tags" placeholder="Tag" aria-label="Tag for the selected websites" maxlength="64">
        <datalist id="wl-known-tags"><option v-for="name in tags" :key="name" :value="name"></option></datalist>
        <button type="submit" class="ww-button" :disabled="!tagging.trim()">Add tag</button>
        <button type="button" class="ww-button" :disabled="!tagging.trim()" @click="act('untag')">Remove tag</button>
      </form></template>
  </div>`;

const ROW = `
  <span role="cell" class="wl-pick"><input type="checkbox" :aria-label="'Select ' + called(item.row)" :checked="selected.has(item.row.id)" @change="pick(item.row.id)"></span>
  <span role="cell" class="wl-name"><wl-shape :status="item.row.status"/>
    <a class="wl-link" :href="prefix + '/websites/' + item.row.id" :data-key="item.key" @focus="cursor = item.key" @click="tap($event, item.row.id)"><b>{{ called(item.row) }}</b></a>
    <small :class="{ 'wl-why': why(item.row) }">{{ why(item.row) || item.row.url }}</small>
    <span class="wl-marks">
    <span v-if="item.row.flapping" class="wl-flapping" title="It goes down and recovers repeatedly. Only one notification is sent.">flapping</span>
    <button v-for="name in drawnTags(item.row)" :key="name" type="button" class="wl-tag" :class="{ 'wl-found': finds(item.row, name) }"
      :title="'Only ' + name" tabindex="-1" @click="tag = name">{{ name }}</button>
    <span v-if="item.row.tags.length > drawnTags(item.row).length" class="wl-tag wl-more" :title="item.row.tags.join(', ')">+{{ item.row.tags.length - drawnTags(item.row).length }}</span></span>
  </span>
  <span role="cell" class="wl-beats"><svg viewBox="0 0 300 20" preserveAspectRatio="none" role="img" :aria-label="summary(item.row)">
    <path v-for="path in drawn(item.row)" :key="path.kind" :d="path.d" :fill="path.fill"/></svg></span>
  <span role="cell" class="wl-spark"><svg viewBox="0 0 100 24" preserveAspectRatio="none" aria-hidden="true"><path
    :d="picture(item.row).line" fill="none" stroke="var(--ww-accent)" stroke-width="1.4" vector-effect="non-scaling-stroke"/></svg></span>
  <span role="cell" class="wl-ms ww-number"><b v-if="item.row.status !== 'UP'" class="wl-word">{{ word(item.row.status) }}</b><template v-else>{{ ms(item.row.ms) }}</template></span>
  <span role="cell" class="wl-day ww-number" :class="shade(item.row.day)">{{ share(item.row.day) }}</span>
  <span role="cell" class="wl-month ww-number" :class="shade(item.row.month)">{{ share(item.row.month) }}</span>
  <span role="cell" class="wl-certificate ww-number" :class="certificate.urgency(item.row.certificate, now)">{{ certificate.days(item.row.certificate, now) }}</span>
  <span role="cell" class="wl-at ww-number">{{ when(item.row) }}</span>
  <span role="cell" class="wl-do"><button type="button" class="ww-icon-button" :disabled="!!unavailable" :title="unavailable || 'Start debug session'"
    :aria-label="'Start debug session of ' + called(item.row)" @click="$emit('start', item.row.id)">
    <svg viewBox="0 0 16 16" aria-hidden="true"><circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" stroke-width="1.4"/><circle
      cx="8" cy="8" r="2.6" fill="currentColor"/></svg></button></span>`;

export const COLUMNS = [
  { key: "name", label: "Website" },
  { key: "beats" },
  { key: "spark", label: "Response" },
  { key: "ms", label: "Now", number: true },
  { key: "day", label: "24 h", number: true },
  { key: "month", label: "30 d", number: true },
  { key: "certificate", label: "Cert.", number: true },
  { key: "at", label: "Checked", number: true },
];

const TABLE = `
  <div class="ww-card wl-table" role="table" aria-label="Websites" :aria-rowcount="items.length + 1">
    <div class="wl-heads" role="rowgroup">
      <div class="wl-row wl-head" role="row" aria-rowindex="1">
        <span role="columnheader" class="wl-pick"><input type="checkbox" aria-label="Select all shown" :checked="allPicked" @change="pickAll"></span>
        <span v-for="column in columns" :key="column.key" role="columnheader" :class="['wl-' + column.key, { 'ww-number': column.number }]"
          :aria-sort="sort.key === column.key ? (sort.up ? 'ascending' : 'descending') : 'none'">
          <button type="button" @click="order(column.key)">{{ column.key === "beats" ? spanLabel : column.label }}<i
            v-if="sort.key === column.key" aria-hidden="true">{{ sort.up ? " ↑" : " ↓" }}</i></button>
        </span>
        <span role="columnheader" class="wl-do"><span class="ww-hidden">Debug</span></span>
      </div>
    </div>
    <div ref="body" role="rowgroup" :style="{ paddingTop: offsets[first] + 'px', paddingBottom: after + 'px' }" @keydown="onKey">
      <template v-for="(item, index) in visible" :key="item.key">
        <div v-if="item.head" class="wl-row wl-grouphead" role="row" :aria-rowindex="first + index + 2">
          <span role="cell"><b>{{ item.head }}</b> <span class="ww-muted">{{ count(item.rows.length) }}<template v-if="item.down">, {{ item.down }} down</template></span></span>
        </div>
        <div v-else class="wl-row" @mousemove="point($event, item.row)" role="row" :aria-rowindex="first + index + 2" :style="{ height: heightOf(item) + 'px' }"
          :class="['wl-is-' + item.row.status.toLowerCase(), { 'wl-picked': selected.has(item.row.id) }]">${ROW}</div>
      </template>
    </div>
  </div>
  <p v-if="!shown.length" class="ww-table-empty">No websites match the filters. <button type="button" class="wl-clear" @click="text = ''; filter = 'ALL'; tag = ''">Clear filters</button></p>`;

export const TEMPLATE = `<div class="wl" :class="['wl-' + density, { 'wl-choosing': choosing }]">${HEAD}${BAR}${TABLE}</div>`;
